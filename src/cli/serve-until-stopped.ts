import process from 'node:process';
import { Problem } from '../problem.ts';
import type { Tell } from '../protocol/records.ts';
import type { CommandContext } from './commands/command.ts';
import type { CommandExit } from './exit-codes.ts';
import type { Log } from './log/open-log.ts';
import { listenToSignals } from './signals.ts';

/** How long open connections may take to end before the process ends without them, in milliseconds. */
const closeWithinMs = 5000;

export interface Server extends AsyncDisposable {
  readonly url?: string;
}

/** Runs one server in this process until a signal ends it; where it listens is said on stdout, all else in the log. */
export async function serveUntilStopped(
  { output }: CommandContext,
  name: string,
  log: Log,
  open: (tell: Tell) => Promise<Server>,
  /** What its closing may take beyond the usual, in milliseconds. */
  drainMs = 0,
): Promise<CommandExit> {
  const stopped = Promise.withResolvers<void>();
  const forced = Promise.withResolvers<void>();
  using signals = listenToSignals(process, {
    stop(signal) {
      if (signal === 'SIGHUP') output.mute();
      log.info(signal === 'SIGINT' ? 'stopping, press Ctrl-C again to force' : `stopping after ${signal}`);
      stopped.resolve();
    },
    force: forced.resolve,
  });
  output.onReaderGone(stopped.resolve);

  const server = await open(log.tell);
  output.data(`${name} listens on ${server.url}, process ${process.pid}`);
  await stopped.promise;

  const patience = setTimeout(forced.resolve, drainMs + closeWithinMs);
  const closed = server[Symbol.asyncDispose]().then(() => true);
  const clean = await Promise.race([closed, forced.promise.then(() => false)]);
  clearTimeout(patience);
  await output.drained();
  signals.reraise();
  if (!clean) throw didNotClose(name, drainMs + closeWithinMs);
  return 0;
}

const didNotClose = (name: string, withinMs: number) =>
  new Problem({ code: 'not-closed', message: `${name} did not close within ${withinMs / 1000} s.` });
