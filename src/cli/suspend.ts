import { setTimeout as wait } from 'node:timers/promises';

/** A shell that knows no jobs does not stop us: then we are back after this long. */
const notStoppedMs = 200;

/**
 * Stops the whole process group, as the terminal does for Ctrl-Z outside of raw mode: npm, the wrapper and whoever else
 * stands between us and the shell stop too, and the shell sees a job that it can continue. Resolves once continued.
 */
export async function suspendGroup(own: Pick<NodeJS.Process, 'kill' | 'on' | 'off'>): Promise<void> {
  const late = new AbortController();
  const { promise: continued, resolve } = Promise.withResolvers<void>();
  own.on('SIGCONT', resolve);
  own.kill(0, 'SIGTSTP');
  // The time that we were stopped counts: the timer is a way out, not a wait.
  await Promise.race([continued, wait(notStoppedMs, undefined, late)]);
  own.off('SIGCONT', resolve);
  late.abort();
}
