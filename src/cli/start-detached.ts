import { relative } from 'node:path';
import process from 'node:process';
import { createRunFolder, forgetUnstarted, type RunFolder } from '../stack/run-folder.ts';
import { isRefusal, launchOptions, type RunWish } from './attend-run.ts';
import type { CommandContext } from './commands/command.ts';
import { openPlainView } from './plain-view.ts';
import { runJson } from './run-table.ts';
import { listenToSignals, watchParent } from './signals.ts';
import { openControlClient } from './supervisor/control-client.ts';
import type { Snapshot } from './supervisor/control-frames.ts';
import { errorOf } from './supervisor/failure.ts';
import { type LaunchedSupervisor, launchSupervisor, supervisorDied, tail } from './supervisor/launch.ts';
import { findControlAddress } from './supervisor/socket-path.ts';

/** Between the supervisor's last word and the end of its process, with all that it has started. */
const goneWithinMs = 10_000;

export interface DetachedStart {
  readonly context: CommandContext;
  readonly settings: RunWish;
  readonly format: 'text' | 'json';
}

/**
 * Starts a stack that nobody owns, and returns when it is ready. Until then it is ours: where the start fails, or we are
 * told to stop, nothing of it is left. Answers where the pages are.
 */
export async function startDetached({
  context,
  settings,
  format,
}: DetachedStart): Promise<readonly string[]> {
  const { output, cwd } = context;
  const run = await createRunFolder(cwd);
  let stop = (): void => {};
  using signals = listenToSignals(process, {
    stop(signal) {
      if (signal === 'SIGHUP') output.mute();
      stop();
    },
    force: () => signals.reraise(),
  });
  using _parent = watchParent(process, () => stop());
  try {
    const launched = await launchSupervisor({
      ...launchOptions(context, run, { ...settings, detached: true }),
      folder: run.path,
    });
    const ready = await untilReady(run, launched, (ask) => {
      stop = ask;
      if (signals.signal) ask();
    });
    if (ready && format === 'json') output.data(JSON.stringify(runJson(ready, run.path), null, 2));
    if (ready && format === 'text') await sayReady(context, run, ready);
    return Object.values(ready?.pages ?? {});
  } catch (error) {
    if (isRefusal(error)) await forgetUnstarted(run);
    throw error;
  } finally {
    await output.drained();
    signals.reraise();
  }
}

/** Its first whole snapshot; undefined where it was told to stop before. */
async function untilReady(
  run: RunFolder,
  launched: LaunchedSupervisor,
  onAsk: (stop: () => void) => void,
): Promise<Snapshot | undefined> {
  let last: Snapshot | undefined;
  const ready = Promise.withResolvers<Snapshot>();
  await using client = await openControlClient({
    path: await findControlAddress(run.path),
    role: 'viewer',
    from: Number.MAX_SAFE_INTEGER,
    onSnapshot(snapshot) {
      last = snapshot;
      if (snapshot.phase === 'ready') ready.resolve(snapshot);
    },
    onEntries() {},
  });
  onAsk(() => void client.command({ name: 'stop', force: false }).catch(() => {}));
  const first = await Promise.race([ready.promise, client.closed]);
  if (first) return first;
  await launched.ended(goneWithinMs);
  if (last?.phase === 'stopped') return undefined;
  if (last?.failure) throw errorOf(last.failure);
  // Nothing of a supervisor that went without a word may stay.
  launched.kill();
  throw supervisorDied(launched.log, await tail(launched.log));
}

/** The block that a foreground `up` begins with. */
async function sayReady({ output, cwd }: CommandContext, run: RunFolder, ready: Snapshot): Promise<void> {
  const wishes = { pause() {}, resume() {} };
  await using view = openPlainView({ output, wishes, folder: relative(cwd, run.path) });
  view.snapshot(ready);
}
