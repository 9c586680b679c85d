import { setTimeout as wait } from 'node:timers/promises';
import { withPositionNames } from '../dashboard/position-name.ts';
import { Problem } from '../problem.ts';
import type { JournalEntry } from '../protocol/records.ts';
import { inWords } from '../scenario/duration.ts';
import type { RunFolder } from '../stack/run-folder.ts';
import { type AwaitedEvent, describeAwaited, hasCome, isOfEvent, stageOf } from './awaited-event.ts';
import { knownUser } from './known-user.ts';
import { reachRun } from './reach-run.ts';
import { mustHaveStopped } from './run-ended.ts';
import { runJson } from './run-table.ts';
import type { Snapshot } from './supervisor/control-frames.ts';

/** What has come true, for people and for programs. */
export interface Came {
  readonly text: string;
  readonly data: object;
}

/** Beside the time that the supervisor was given for its answer. */
const answerSlackMs = 5000;

/** @throws Problem where it is not ready in time, or gone */
export async function readyCame(run: RunFolder, withinMs: number): Promise<Came> {
  const ready = Promise.withResolvers<Snapshot>();
  await using reached = await reachRun(run, {
    onSnapshot(snapshot) {
      if (snapshot.phase === 'ready') ready.resolve(snapshot);
    },
  });
  const gone = reached.closed.then(() => ended(run, reached));
  const snapshot = await inTime(ready.promise, gone, withinMs, () =>
    notInTime(`The stack was not ready within ${inWords(withinMs)}: it is ${reached.snapshot.phase}.`),
  );
  return { text: `run ${run.id} is ready`, data: runJson(snapshot, run.path) };
}

/** @throws Problem where something is still under way after that time, or the stack is gone */
export async function quietCame(run: RunFolder, withinMs: number): Promise<Came> {
  await using reached = await reachRun(run);
  const gone = reached.closed.then(() => ended(run, reached));
  const asked = reached.command({ name: 'quiet', within_ms: withinMs });
  const { text = '' } = await inTime(asked, gone, withinMs + answerSlackMs, () =>
    notInTime('The supervisor has not said whether it is quiet.'),
  );
  return { text, data: { quiet: true, proof: text } };
}

/**
 * Looks at what has happened, too.
 * @throws Problem where it has not come in time, where it never can, or where the stack is gone
 */
export async function eventCame(run: RunFolder, wanted: AwaitedEvent, withinMs: number): Promise<Came> {
  const came = Promise.withResolvers<JournalEntry>();
  came.promise.catch(() => {});
  const instead: string[] = [];
  await using reached = await reachRun(run, {
    from: 1,
    onSnapshot({ friends }) {
      try {
        mustBePossible(wanted, Object.keys(friends));
      } catch (error) {
        came.reject(error);
      }
    },
    onEntries(entries) {
      for (const entry of entries) {
        if (hasCome(wanted, entry)) came.resolve(entry);
        else if (isOfEvent(wanted, entry) && entry.step === 'settled')
          instead.push(`  ${entry.event}  ${entry.from} → ${entry.to} ${entry.kind} ${stageOf(entry)}`);
      }
    },
  });
  const gone = reached.closed.then(() => ended(run, reached));
  const entry = await inTime(came.promise, gone, withinMs, () =>
    notInTime(
      `No ${describeAwaited(wanted)} was ${wanted.stage} within ${inWords(withinMs)}.`,
      instead.slice(-3),
    ),
  );
  return { text: eventText(entry, wanted.stage), data: entry };
}

/** A stack that has just been begun may not know its users yet. */
function mustBePossible({ from, to }: AwaitedEvent, users: readonly string[]): void {
  if (users.length === 0) return;
  for (const name of [from, to]) if (name !== undefined) knownUser(name, users);
}

/** `01a2…  position_shared berlin-calls alice → bob delivered` */
function eventText(entry: JournalEntry, stage: string): string {
  if (entry.type !== 'step') return stage;
  const { event, kind, position, from } = entry;
  const to = 'to' in entry ? ` → ${entry.to}` : '';
  return withPositionNames(`${event}  ${from}${to} ${kind}${position ? ` ${position}` : ''} ${stage}`);
}

function ended(run: RunFolder, reached: Parameters<typeof mustHaveStopped>[1]): never {
  mustHaveStopped(run, reached);
  throw new Problem({ code: 'stack-gone', message: `Run ${run.id} has stopped while it was waited for.` });
}

async function inTime<T>(
  wanted: Promise<T>,
  gone: Promise<never>,
  withinMs: number,
  late: () => Problem,
): Promise<T> {
  const stop = new AbortController();
  gone.catch(() => {});
  wanted.catch(() => {});
  const over = wait(withinMs, undefined, { signal: stop.signal }).then(() => Promise.reject(late()));
  over.catch(() => {});
  try {
    return await Promise.race([wanted, gone, over]);
  } finally {
    stop.abort();
  }
}

const notInTime = (message: string, instead: readonly string[] = []) =>
  new Problem({
    code: 'not-in-time',
    message: [message, ...(instead.length > 0 ? ['There was:', ...instead] : [])].join('\n'),
    exit: 1,
  });
