import { spawn } from 'node:child_process';

/**
 * Sees to it that a paused process group goes on when we die, however that happens: a paused process does not notice
 * that its channel to us has closed, and would stay for ever. A shell waits at a pipe of which we hold the other end.
 * Disposing of it sends nothing.
 */
export const guardPaused = (group: number): Disposable => guardGroup(group, 'CONT');

/** The same for another signal: KILL for a server that has no channel to us at all. */
export function guardGroup(group: number, signal: 'CONT' | 'KILL'): Disposable {
  const guard = spawn('/bin/sh', ['-c', `read -r _; kill -s ${signal} -- -${group}`], {
    stdio: ['pipe', 'ignore', 'ignore'],
    // A group of its own: what ends ours must not end it.
    detached: true,
    env: {},
  });
  // Without a shell there is no such care; everything else is as before.
  guard.on('error', () => {});
  guard.unref();
  return {
    [Symbol.dispose]() {
      guard.kill('SIGKILL');
    },
  };
}
