import { Chalk } from 'chalk';
import { clock } from '../dashboard/clock.ts';
import { withPositionNames } from '../dashboard/position-name.ts';
import { plainLines } from '../journal/line.ts';
import { routingWords } from '../journal/words.ts';
import type { JournalEntry, RoutingVerdict, ScenarioStepRecord } from '../protocol/records.ts';

/** So many events are remembered with what the relay decided about them. */
const mostRemembered = 5000;

/**
 * Tells a run in lines: how each event came out for each recipient, with the reason that only the relay knows, what
 * broke, and the steps of a scenario. Give it the entries in order. `routed` is an outcome only where the recipient
 * does not acknowledge; for others it is on the way.
 */
export function runLines(
  color: boolean,
  acknowledges: (user: string) => boolean,
): (entry: JournalEntry) => string | undefined {
  const paint = new Chalk({ level: color ? 1 : 0 });
  const plain = plainLines(() => '');
  const verdicts = new Map<string, RoutingVerdict>();
  const marks = { passed: paint.green('✓'), failed: paint.red('✗'), inconclusive: paint.yellow('?') };

  const ofStep = ({ state, text, ms, problem, depth = 0, block }: ScenarioStepRecord): string | undefined => {
    const indent = ' '.repeat(1 + 2 * depth);
    if (state === 'started') return block && `${indent}▸ ${text}`;
    const took = ms === undefined ? '' : paint.dim(` ${Math.round(ms)} ms`);
    return `${indent}${marks[state]} ${text}${took}${problem ? ` – ${problem.message.split('\n')[0]}` : ''}`;
  };

  function ofScenario({ state, name, verdict }: Extract<JournalEntry, { type: 'scenario' }>): string {
    return state === 'started' || !verdict ? `▸ ${name}` : `${marks[verdict]} ${name}: ${verdict}`;
  }

  function reason(entry: Extract<JournalEntry, { type: 'step' }>): string {
    if (!('to' in entry)) return '';
    const key = `${entry.event} ${entry.to}`;
    if (entry.step === 'looked_up') {
      verdicts.set(key, entry.verdict);
      const [oldest] = verdicts.keys();
      if (verdicts.size > mostRemembered && oldest !== undefined) verdicts.delete(oldest);
    }
    if (entry.step !== 'settled' || entry.stage !== 'unavailable') return '';
    const verdict = verdicts.get(key);
    return verdict === undefined ? '' : ` (${routingWords[verdict].short})`;
  }

  function shade(entry: JournalEntry): (text: string) => string {
    if (entry.type === 'step') {
      return entry.step === 'settled' && entry.stage === 'delivered' ? paint.green : paint.yellow;
    }
    if (entry.type === 'note') return paint.yellow;
    return entry.type === 'process' || entry.type === 'fault' ? paint.red : (text) => text;
  }

  const isOnTheWay = (entry: JournalEntry): boolean =>
    entry.type === 'step' &&
    entry.step === 'settled' &&
    entry.stage === 'routed' &&
    !entry.final &&
    acknowledges(entry.to);

  function text(entry: JournalEntry): string | undefined {
    // Scenarios are told as they go on, not only how they end.
    if (entry.type === 'scenario') return ofScenario(entry);
    if (entry.type === 'scenario_step') return ofStep(entry);
    const why = entry.type === 'step' ? reason(entry) : '';
    if (isOnTheWay(entry)) return undefined;
    const line = plain(entry)?.trim();
    return line === undefined
      ? undefined
      : shade(entry)(withPositionNames(line).replace(/ unavailable(?= \d+ ms$|$)/, `$&${why}`));
  }

  return (entry) => {
    const said = text(entry);
    return said === undefined ? undefined : `${paint.dim(clock(entry.at))} ${said}`;
  };
}
