import type { FaultRecord, JournalEntry, ProcessRecord, StepRecord } from '../protocol/records.ts';
import { recentMap } from './recent-map.ts';
import { withdrawnWords } from './record-words.ts';
import { shortWords } from './words.ts';

/** For so many of the newest events the time of their first step is remembered, to say how long they took. */
const rememberedEvents = 10_000;

/**
 * Makes the plain view of a journal: give it the entries in order, and it answers a line for each that says how
 * something came out, like `12:00:01.204 alice → bob position_shared berlin-calls delivered 4 ms`. It has no effect and
 * reads no clock; it remembers only when events began.
 */
export function plainLines(
  timeOf: (at: number) => string = localTime,
): (entry: JournalEntry) => string | undefined {
  const began = recentMap<number>(rememberedEvents);
  const paused = new Set<string>();

  /** By the sender's clock alone: an event begins and settles in the same process. */
  function took(step: StepRecord): string {
    const since = began.get(step.event);
    return since === undefined ? '' : ` ${Math.max(0, Math.round(step.at - since))} ms`;
  }

  function remember(step: StepRecord): void {
    if (began.get(step.event) !== undefined) return;
    if (step.step !== 'posted' && step.step !== 'saved' && step.step !== 'sent') return;
    began.set(step.event, step.at);
  }

  function sentence(entry: JournalEntry): string | undefined {
    switch (entry.type) {
      case 'step': {
        remember(entry);
        const outcome = outcomeOf(entry);
        return outcome && `${subject(entry)} ${outcome}${entry.step === 'settled' ? took(entry) : ''}`;
      }
      case 'process': {
        const wasPaused = paused.delete(entry.name);
        if (entry.state === 'paused') paused.add(entry.name);
        return wasPaused && entry.state === 'ready' ? `${entry.name} goes on` : processSentence(entry);
      }
      case 'fault':
        return faultSentence(entry);
      case 'scenario':
        return entry.state === 'ended' ? `scenario ${entry.name} ${entry.verdict ?? 'ended'}` : undefined;
      case 'scenario_step':
        return entry.state === 'failed' || entry.state === 'inconclusive'
          ? `step ${entry.file}:${entry.line} ${entry.state}: ${entry.problem?.message ?? entry.text}`
          : undefined;
      case 'note':
        return entry.level === 'warn' ? `${entry.process}: ${entry.text}` : undefined;
      case 'connection':
        return entry.state === 'refused'
          ? `relay refused ${entry.user}${entry.code ? ` (${entry.code})` : ''}`
          : undefined;
      case 'presence':
      case 'outbox':
      case 'friends':
      case 'served':
      case 'link_fault':
      case 'gap':
      case 'resync':
        return undefined;
      default:
        return entry satisfies never;
    }
  }

  return (entry) => {
    const text = sentence(entry);
    // Names and sentences come from elsewhere: a line is one line.
    return text && `${timeOf(entry.at)} ${text.replace(/\s*\n\s*/g, ' ')}`;
  };
}

function subject(step: StepRecord): string {
  const to = 'to' in step ? ` → ${step.to}` : '';
  return `${step.from}${to} ${step.kind}${step.position ? ` ${step.position}` : ''}`;
}

const withCode = (word: string, code: string | undefined): string =>
  code ? `${word} (${shortWords(code)})` : word;

function outcomeOf(step: StepRecord): string | undefined {
  switch (step.step) {
    case 'settled':
      return withCode(step.stage, step.code);
    case 'rejected':
      return withCode('rejected', step.code);
    case 'withdrawn':
      return `taken back: ${withdrawnWords[step.why]}`;
    case 'fetched': {
      const failed = step.status === undefined || step.status >= 400;
      return failed ? `fetch failed (${step.status ?? step.code ?? 'no answer'})` : undefined;
    }
    default:
      return undefined;
  }
}

function processSentence({
  name,
  state,
  exit,
  wanted,
  last_lines: lines = [],
}: ProcessRecord): string | undefined {
  if (state === 'failed')
    return `${name} died (${exit ?? 'unknown'})${lines.length > 0 ? `: ${lines.at(-1)}` : ''}`;
  if (state === 'paused') return `${name} is paused`;
  // A stop in order is not worth a line; a kill is.
  return state === 'stopped' && wanted && exit === 'SIGKILL' ? `${name} was killed` : undefined;
}

function faultSentence({ verb, what, how, state, touched }: FaultRecord): string {
  if (state === 'in_force') return `fault ${verb} ${what}${how ? ` (${how})` : ''}`;
  return `healed ${verb} ${what}${touched === undefined ? '' : `, it touched ${touched}`}`;
}

function localTime(at: number): string {
  const time = new Date(at);
  const two = (n: number) => String(n).padStart(2, '0');
  const ms = String(time.getMilliseconds()).padStart(3, '0');
  return `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}.${ms}`;
}
