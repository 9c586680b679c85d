import { setTimeout as wait } from 'node:timers/promises';
import type { OpenJournal } from '../journal/open-journal.ts';
import { messageOf } from '../problem.ts';
import type { RestartPolicy } from './foreign-command.ts';
import type { Death, ManagedInstance } from './managed-instance.ts';

export interface KeepOptions {
  readonly policy: RestartPolicy;
  readonly journal: Pick<OpenJournal, 'tell'>;
  /** It is dead, and is not started again. */
  readonly onDeath: (death: Death) => void;
  /** It runs again. */
  readonly onRestart: () => void;
}

const firstPauseMs = 200;
const longestPauseMs = 5000;
/** One that never stays is given up after so many starts in a row. */
const mostRestarts = 5;
/** After so long a life, the next end is a new story. */
const steadyMs = 10_000;

/** Starts an instance again when it ends and nobody has asked it to, as its policy says. */
export function keepRunning(
  make: (onDeath: (death: Death) => void) => ManagedInstance,
  { policy, journal, onDeath, onRestart }: KeepOptions,
): ManagedInstance {
  if (policy === 'never') return make(onDeath);
  let restarts = 0;
  let readyAt = 0;
  /** Of the restart that is under way. */
  let pending: AbortController | undefined;

  const warn = (code: string, text: string) => journal.tell({ type: 'note', level: 'warn', code, text });

  function died(death: Death): void {
    const { name, exit } = death;
    if (policy === 'on-failure' && exit === 'exit code 0') {
      onDeath(death);
      return;
    }
    if (performance.now() - readyAt > steadyMs) restarts = 0;
    if (restarts === mostRestarts) {
      warn('given-up', `${name} did not stay after ${restarts} restarts (${exit}), and is left down.`);
      onDeath(death);
      return;
    }
    const pauseMs = Math.min(firstPauseMs * 2 ** restarts, longestPauseMs);
    restarts += 1;
    warn(
      'restarting',
      `${name} ended (${exit}) and is started again in ${pauseMs} ms: ${restarts} of ${mostRestarts}.`,
    );
    void again(death, pauseMs);
  }

  async function again(death: Death, pauseMs: number): Promise<void> {
    const mine = new AbortController();
    pending = mine;
    try {
      await wait(pauseMs, undefined, { signal: mine.signal });
      await inner.start(mine.signal);
      readyAt = performance.now();
      onRestart();
    } catch (thrown) {
      if (mine.signal.aborted) return;
      // It may have been started by hand meanwhile.
      if (inner.state.id === 'failed') died({ ...death, exit: firstLine(messageOf(thrown)) });
    } finally {
      if (pending === mine) pending = undefined;
    }
  }

  /** Whether a restart was called off. */
  function callOff(): boolean {
    const was = pending;
    pending = undefined;
    was?.abort();
    return was !== undefined;
  }

  const inner = make(died);
  return {
    name: inner.name,
    role: inner.role,
    foreign: inner.foreign,
    get state() {
      return inner.state;
    },
    get child() {
      return inner.child;
    },
    async start(signal) {
      callOff();
      restarts = 0;
      await inner.start(signal);
      readyAt = performance.now();
    },
    stop() {
      callOff();
      return inner.stop();
    },
    async kill() {
      const isDown = callOff() && inner.state.id === 'failed';
      if (!isDown) await inner.kill();
    },
    pause: () => inner.pause(),
    resume: () => inner.resume(),
  };
}

const firstLine = (text: string): string => text.split('\n')[0] ?? '';
