import { spawn } from 'node:child_process';

/**
 * Sends a process group a signal when we die, however that happens. CONT is for a paused one, which does not notice that
 * its channel to us has closed, and would stay for ever; KILL for one that has no channel to us at all. A shell waits at
 * a pipe of which we hold the other end. Disposing of it sends nothing.
 */
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
