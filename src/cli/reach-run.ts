import { setTimeout as wait } from 'node:timers/promises';
import { Problem } from '../problem.ts';
import type { JournalEntry } from '../protocol/records.ts';
import type { RunFolder } from '../stack/run-folder.ts';
import { type ControlClient, openControlClient } from './supervisor/control-client.ts';
import type { ControlCommand, Snapshot } from './supervisor/control-frames.ts';
import { findControlAddress } from './supervisor/socket-path.ts';

export interface ReachOptions {
  /** The first journal number that is wanted: 0 for what is new, absent for none. */
  readonly from?: number | undefined;
  /** Called for the first one, too. */
  readonly onSnapshot?: ((snapshot: Snapshot) => void) | undefined;
  readonly onEntries?: ((entries: readonly JournalEntry[]) => void) | undefined;
}

/** A connection to the supervisor of a run that is alive. It owns nothing: its end changes nothing. */
export interface ReachedRun
  extends Pick<ControlClient, 'closed' | 'command' | 'pause' | 'resume'>,
    AsyncDisposable {
  /** The newest one. */
  readonly snapshot: Snapshot;
}

/** A supervisor answers at once, unless somebody has stopped it or it is not of this version. */
const answerMs = 10_000;

const noEntries = Number.MAX_SAFE_INTEGER;

/** @throws Problem where nobody answers, or does not speak as we do */
export async function reachRun(run: RunFolder, options: ReachOptions = {}): Promise<ReachedRun> {
  const first = Promise.withResolvers<Snapshot>();
  let newest: Snapshot | undefined;
  const client = await openControlClient({
    path: await findControlAddress(run.path),
    role: 'viewer',
    from: options.from ?? noEntries,
    onSnapshot(snapshot) {
      newest = snapshot;
      options.onSnapshot?.(snapshot);
      first.resolve(snapshot);
    },
    onEntries: (entries) => options.onEntries?.(entries),
  });
  try {
    const late = new AbortController();
    const never = wait(answerMs, undefined, late).then(() => Promise.reject(noSnapshot(run.id)));
    never.catch(() => {});
    const hungUp = client.closed.then(() => newest ?? Promise.reject(hangsUp(run.id)));
    hungUp.catch(() => {});
    const known = await Promise.race([first.promise, hungUp, never]);
    late.abort();
    return {
      closed: client.closed,
      command: (command: ControlCommand) => client.command(command),
      pause: client.pause,
      resume: client.resume,
      get snapshot() {
        return newest ?? known;
      },
      [Symbol.asyncDispose]: () => client[Symbol.asyncDispose](),
    };
  } catch (error) {
    await client[Symbol.asyncDispose]();
    throw error;
  }
}

const noSnapshot = (run: string) =>
  new Problem({
    code: 'supervisor-silent',
    message: `The supervisor of run ${run} does not answer.`,
    hint: 'If its process is stopped, continue it (kill -CONT); "collab-dev down" ends it all the same.',
  });

const hangsUp = (run: string) =>
  new Problem({
    code: 'supervisor-strange',
    message: `The supervisor of run ${run} hung up: it is of another version of collab-dev, or has just ended.`,
  });
