import { setTimeout as wait } from 'node:timers/promises';
import { type Child, type ChildEnvironment, spawnChild } from './child-process.ts';
import { bundledChildren, type ChildFiles, nodeOptions, type Role } from './children.ts';
import { noAnswer, poolClosed } from './problems.ts';
import { slots } from './slots.ts';

/** Where the processes of one kind come from, and where they go; as in ProcessPool. */
export interface ProcessSource {
  lease(log: string): Promise<Child>;
  giveBack(child: Child): Promise<void>;
}

/** Child processes that are started once and serve one stack after another. */
export interface ProcessPool extends AsyncDisposable {
  /**
   * A process that listens for `configure`, a warm or a new one; what it prints goes to the log from now on. Rejects
   * with a Problem if it dies before, or is aborted.
   */
  lease(role: Role, log: string): Promise<Child>;
  /**
   * Ends what a process serves, in order, and keeps it for the next lease. One that does not manage that in time, or
   * was killed or paused, is not used again. Resolves when it serves nothing any more.
   */
  giveBack(child: Child): Promise<void>;
  /** Starts processes before they are needed. */
  warm(role: Role, count: number): void;
  /** What its processes may know of ours. */
  readonly environment: ChildEnvironment;
}

export interface PoolOptions {
  readonly files?: ChildFiles;
  readonly environment?: ChildEnvironment;
  /** Every lease gets a new process, which ends when it is given back. */
  readonly fresh?: boolean;
  /** How long a process may take to end what it serves, in milliseconds. */
  readonly graceMs?: number;
}

/** Loading a bundle is the expensive part of a start; more at once than this only slows all of them down. */
const startsAtATime = 4;

/** How long loading may take, in milliseconds. */
const loadMs = 30_000;

export function createPool({
  files = bundledChildren(),
  environment = {},
  fresh = false,
  graceMs = 3000,
}: PoolOptions = {}): ProcessPool {
  const living = new Map<Child, Role>();
  const idle = new Set<Child>();
  const start = slots(startsAtATime);
  let closed = false;

  const spawn = (role: Role, log: string | undefined): Promise<Child> =>
    start(async () => {
      if (closed) throw poolClosed();
      const child = spawnChild(files[role], environment, nodeOptions[role]);
      child.output.moveTo(log);
      living.set(child, role);
      void child.gone.then(() => {
        living.delete(child);
        idle.delete(child);
        child.output[Symbol.dispose]();
      });
      const tooLate = setTimeout(() => child.kill(noAnswer('hello', loadMs)), loadMs);
      await child.hello.finally(() => clearTimeout(tooLate));
      return child;
    });

  async function end(child: Child): Promise<void> {
    idle.delete(child);
    child.resume();
    const stopping = new AbortController();
    child.ask({ type: 'stop' }, graceMs).catch(() => {});
    await Promise.race([child.gone, wait(graceMs, undefined, stopping)]).finally(() => stopping.abort());
    await kill(child);
  }

  async function kill(child: Child): Promise<void> {
    child.kill();
    await child.gone;
  }

  return {
    environment,
    async lease(role, log) {
      if (closed) throw poolClosed();
      for (const child of idle) {
        if (living.get(child) !== role) continue;
        idle.delete(child);
        child.output.moveTo(log);
        return child;
      }
      return spawn(role, log);
    },
    async giveBack(child) {
      if (closed || fresh || child.wasPaused || child.exit !== undefined) return end(child);
      try {
        await child.ask({ type: 'release' }, graceMs);
      } catch {
        return kill(child);
      }
      child.onDoorbell(undefined);
      child.output.moveTo(undefined);
      if (closed) return end(child);
      idle.add(child);
    },
    warm(role, count) {
      for (let n = 0; n < count; n += 1) {
        // Whoever leases one that cannot start is told then.
        spawn(role, undefined).then(
          (child) => void (closed ? end(child) : idle.add(child)),
          () => {},
        );
      }
    },
    async [Symbol.asyncDispose]() {
      closed = true;
      await Promise.all([...living.keys()].map(end));
    },
  };
}
