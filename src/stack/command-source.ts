import { setTimeout as wait } from 'node:timers/promises';
import type { Child } from './child-process.ts';
import type { ForeignCommand } from './foreign-command.ts';
import type { ProcessSource } from './pool.ts';

/** Starts a program anew each time, and ends it and all that it started by a signal, after the grace by SIGKILL. */
export const commandSource = (
  lease: (log: string) => Promise<Child>,
  { signal, graceMs }: ForeignCommand['stop'],
): ProcessSource => ({
  lease,
  async giveBack(child) {
    child.resume();
    child.end(signal);
    const over = new AbortController();
    await Promise.race([child.gone, wait(graceMs, undefined, over)]).finally(() => over.abort());
    child.kill();
    await child.gone;
  },
});
