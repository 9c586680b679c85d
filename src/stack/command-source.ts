import type { Child } from './child-process.ts';
import type { ForeignCommand } from './foreign-command.ts';
import type { ProcessSource } from './pool.ts';
import { endServer } from './server-process.ts';

/** Starts a program anew each time, and ends it and all that it started by a signal, after the grace by SIGKILL. */
export const commandSource = (
  lease: (log: string) => Promise<Child>,
  stop: ForeignCommand['stop'],
): ProcessSource => ({
  lease,
  giveBack: (child) => endServer(child, stop),
});
