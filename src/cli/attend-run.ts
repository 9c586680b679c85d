import { join } from 'node:path';
import process from 'node:process';
import { Problem } from '../problem.ts';
import { compileCache } from '../stack/compile-cache.ts';
import { createRunFolder, forgetUnstarted, type RunFolder } from '../stack/run-folder.ts';
import type { CommandContext } from './commands/command.ts';
import type { CommandExit } from './exit-codes.ts';
import type { RunView, ViewWishes } from './run-view.ts';
import { listenToSignals, type Signals, watchParent } from './signals.ts';
import { superviseFromHere } from './supervise-from-here.ts';
import type { launchSupervisor } from './supervisor/launch.ts';
import type { RunSettings } from './supervisor/settings.ts';
import { suspendGroup } from './suspend.ts';

/** The settings of a run, but for what is made when it is started. */
export type RunWish = Omit<RunSettings, 'version' | 'run_id' | 'cwd' | 'asked_at'>;

export interface RunToAttend {
  readonly context: CommandContext;
  readonly settings: RunWish;
  readonly openView: (run: RunFolder, wishes: ViewWishes) => Promise<RunView>;
}

/**
 * Starts a supervisor, holds its lease, shows what it does, and ends with it. Throws what made it fail; where a signal
 * asked us to end, dies of it once everything is cleaned up.
 */
export async function attendRun({ context, settings, openView }: RunToAttend): Promise<CommandExit> {
  const { output, cwd } = context;
  const run = await createRunFolder(cwd);
  const supervised = superviseFromHere(run, launchOptions(context, run, settings));

  using signals = listenToSignals(process, {
    stop(signal) {
      // The terminal of a SIGHUP is gone: a write to it would only fail.
      if (signal === 'SIGHUP') output.mute();
      supervised.stop(signal === 'SIGINT');
    },
    force: supervised.force,
  });
  using _parent = watchParent(process, () => supervised.stop(false));
  output.onReaderGone(() => supervised.stop(false));

  let refused = false;
  using bug = watchForBugs(process);
  try {
    await using view = await openView(run, {
      quit: () => supervised.stop(false),
      interrupt: signals.interrupt,
      pause: supervised.pause,
      resume: supervised.resume,
      command: supervised.command,
      suspend: () => suspendGroup(process),
    });
    const broken = view.broken ? [view.broken] : [];
    const exit = await Promise.race([supervised.attend(view), bug.thrown, ...broken]);
    return settings.mode === 'replay' ? exit : 0;
  } catch (error) {
    refused = isRefusal(error);
    throw error;
  } finally {
    await supervised.end();
    if (refused) await forgetUnstarted(run);
    await dieOf(signals, context);
  }
}

/** How the supervisor of a run is launched. */
export function launchOptions(
  { dist, cwd, askedAt }: CommandContext,
  { id }: RunFolder,
  settings: RunWish,
): Omit<Parameters<typeof launchSupervisor>[0], 'folder'> {
  return {
    node: process.execPath,
    script: join(dist, 'supervisor.js'),
    env: { ...process.env, NODE_COMPILE_CACHE: compileCache(process.env) },
    settings: { ...settings, version: 1, run_id: id, cwd, asked_at: askedAt },
  };
}

/** What a supervisor said in order: of one that died without a word, the log is all there is. */
export const isRefusal = (error: unknown): boolean =>
  error instanceof Problem && error.code !== 'supervisor-died' && error.code !== 'killed';

async function dieOf(signals: Signals, { output }: CommandContext): Promise<void> {
  if (!signals.signal) return;
  await output.drained();
  signals.reraise();
}

/** What nobody caught, as a promise, so that the screen is given back before anything is said about it. */
function watchForBugs(
  own: Pick<NodeJS.Process, 'on' | 'off'>,
): Disposable & { readonly thrown: Promise<never> } {
  const { promise, reject } = Promise.withResolvers<never>();
  promise.catch(() => {});
  own.on('uncaughtException', reject);
  return { thrown: promise, [Symbol.dispose]: () => void own.off('uncaughtException', reject) };
}
