import type {
  ConnectionRecord,
  FaultRecord,
  JournalRecord,
  LinkFaultRecord,
  ProcessRecord,
  StepRecord,
} from '../protocol/records.ts';
import { resyncWords } from './resync-words.ts';
import { codeWords, routingWords } from './words.ts';

/** What one record says, as a clause for people: `the relay looked carol up: not friends, each must name the other`. */
export function recordWords(record: JournalRecord): string {
  switch (record.type) {
    case 'step':
      return stepWords(record);
    case 'process':
      return processWords(record);
    case 'connection':
      return connectionWords(record);
    case 'presence':
      return `${record.user} counts as ${record.status}`;
    case 'outbox':
      return `${record.pending} wait in ${record.user}'s outbox`;
    case 'friends':
      return friendsWords(record);
    case 'fault':
      return faultWords(record);
    case 'link_fault':
      return linkFaultWords(record);
    case 'served':
      return `${record.user}'s backend served ${record.position} to ${record.to}`;
    case 'scenario':
      return `scenario ${record.name} ${record.verdict ?? record.state}`;
    case 'scenario_step':
      return `step ${record.file}:${record.line} ${record.state}: ${record.text}`;
    case 'note':
      return record.text;
    case 'resync':
      return resyncWords(record);
    case 'gap':
      return `the last records of ${record.name} were never written: it died`;
    default:
      return record satisfies never;
  }
}

function stepWords(step: StepRecord): string {
  switch (step.step) {
    case 'posted':
      return `${step.from}'s page asks for it: ${step.request}`;
    case 'saved':
      return `${step.from}'s backend stored it, for ${listed(step.recipients)}`;
    case 'sent':
      return `${step.from}'s backend sent it, attempt ${step.attempt}`;
    case 'accepted':
      return 'the relay accepted it';
    case 'rejected':
      return `the relay rejected it: ${codeWords(step.code)}`;
    case 'looked_up':
      return `${carrierWords(step)} looked ${step.to} up: ${routingWords[step.verdict].long}`;
    case 'routed':
      return step.by === undefined
        ? `the relay wrote it to ${step.to}'s socket`
        : `${carrierWords(step)} handed it to ${step.to}'s backend`;
    case 'received':
      return `${step.to}'s backend received it${step.duplicate ? ' once more' : ''}`;
    case 'committed':
      return `${step.to}'s backend ${step.outcome} it${because(step.outcome === 'applied' ? undefined : step.code)}`;
    case 'acknowledged':
      return `${step.to}'s backend acknowledged it`;
    case 'settled':
      return `${step.from}'s outbox notes: ${step.stage}${because(step.code)}`;
    case 'withdrawn':
      return `${step.from}'s backend took it back: ${withdrawnWords[step.why]}`;
    case 'fetched':
      return fetchWords(step);
    case 'stored':
      return `${step.to}'s backend stored its copy`;
    case 'notified':
      return `${step.to}'s backend told ${step.pages} ${step.pages === 1 ? 'page' : 'pages'}`;
    case 'shown':
      return `${step.to}'s page shows it`;
    default:
      return step satisfies never;
  }
}

/** Who does what a relay does where there is one. */
function carrierWords({ by, from }: Extract<StepRecord, { step: 'looked_up' | 'routed' }>): string {
  switch (by) {
    case undefined:
      return 'the relay';
    case 'peer':
      return `${from}'s backend`;
    case 'bus':
      return 'the bus of the process';
    default:
      return by satisfies never;
  }
}

/** Why a sender gave up what it had not delivered. */
export const withdrawnWords: Readonly<Record<Extract<StepRecord, { step: 'withdrawn' }>['why'], string>> = {
  purged: 'a revoke or an unfriending came after it',
  expired: 'it waited for too long',
  merged: 'it became part of a later update',
};

function fetchWords({ to, status, code, attempt, via }: Extract<StepRecord, { step: 'fetched' }>): string {
  const again = `${via ? ` through the ${via}` : ''}${attempt > 1 ? `, attempt ${attempt}` : ''}`;
  if (status !== undefined && status < 300 && code === undefined)
    return `${to}'s backend fetched it${again}: ${status}`;
  return `${to}'s backend could not fetch it${again}: ${code === undefined ? (status ?? 'no answer') : codeWords(code)}`;
}

function processWords({ name, state, exit, wanted }: ProcessRecord): string {
  if (state === 'failed') return `${name} died${exit ? ` (${exit})` : ''}`;
  if (state === 'stopped' && wanted && exit === 'SIGKILL') return `${name} was killed`;
  if (state === 'stopped') return `${name} has stopped`;
  return `${name} is ${state}`;
}

function connectionWords({ user, state, code, connection }: ConnectionRecord): string {
  // Without a relay nothing is connected: a backend has begun to speak to the others.
  if (state === 'connected') {
    return connection === undefined ? `${user} can be reached` : `${user} connected to the relay`;
  }
  const why = because(code);
  return state === 'refused' ? `the relay refused ${user}${why}` : `${user} lost its connection${why}`;
}

function friendsWords({ user, friends, leaving }: Extract<JournalRecord, { type: 'friends' }>): string {
  const named = friends.length === 0 ? 'nobody' : listed(friends);
  return `${user} names ${named}${leaving.length > 0 ? `, and leaves ${listed(leaving)}` : ''}`;
}

function faultWords({ verb, what, state, touched }: FaultRecord): string {
  if (state === 'in_force') return `${verb} ${what} is in force`;
  return `${verb} ${what} was healed${touched === undefined ? '' : `, it touched ${touched}`}`;
}

function linkFaultWords({ verb, from, to, did, what, name, ms }: LinkFaultRecord): string {
  const long = ms === undefined ? '' : ` by ${Math.round(ms)} ms`;
  return `the fault "${verb}" ${did} a ${what}${name ? ` ${name}` : ''} from ${from} to ${to}${long}`;
}

const because = (code: string | undefined): string => (code === undefined ? '' : `: ${codeWords(code)}`);

/** `alice`, `alice and bob`, `alice, bob and carol`. */
export function listed(names: readonly string[]): string {
  const last = names.at(-1) ?? 'nobody';
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} and ${last}`;
}
