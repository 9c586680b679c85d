import { join } from 'node:path';
import process from 'node:process';
import { Problem } from '../problem.ts';
import { createRunFolder, type RunFolder } from '../stack/run-folder.ts';
import type { CommandContext } from './commands/command.ts';
import { compileCache } from './compile-cache.ts';
import { type CommandExit, commandExit } from './exit-codes.ts';
import type { RunView, ViewWishes } from './run-view.ts';
import { listenToSignals, type Signals, watchParent } from './signals.ts';
import { type ControlClient, openControlClient } from './supervisor/control-client.ts';
import type { Snapshot } from './supervisor/control-frames.ts';
import { errorOf } from './supervisor/failure.ts';
import { type LaunchedSupervisor, launchSupervisor, supervisorDied, tail } from './supervisor/launch.ts';
import type { RunSettings } from './supervisor/settings.ts';
import { findControlAddress } from './supervisor/socket-path.ts';

/** A supervisor that has not stopped by itself this long after it was asked is killed, with all that it runs. */
const stopWithinMs = 10_000;

/** Between the supervisor's last word and the end of its process. */
const goneWithinMs = 2000;

export interface RunToAttend {
  readonly context: CommandContext;
  /** The settings, but for what is made here. */
  readonly settings: Omit<RunSettings, 'version' | 'run_id' | 'cwd' | 'asked_at'>;
  readonly openView: (run: RunFolder, wishes: ViewWishes) => Promise<RunView>;
}

/**
 * Starts a supervisor, holds its lease, shows what it does, and ends with it. Throws what made it fail; where a signal
 * asked us to end, dies of it once everything is cleaned up.
 */
export async function attendRun({ context, settings, openView }: RunToAttend): Promise<CommandExit> {
  const { output, cwd } = context;
  const run = await createRunFolder(cwd);
  const supervised = superviseFromHere(run, {
    node: process.execPath,
    script: join(context.dist, 'supervisor.js'),
    env: { ...process.env, NODE_COMPILE_CACHE: compileCache(process.env) },
    settings: { ...settings, version: 1, run_id: run.id, cwd, asked_at: context.askedAt },
  });

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

  try {
    await using view = await openView(run, {
      quit: () => supervised.stop(false),
      interrupt: signals.interrupt,
      pause: supervised.pause,
      resume: supervised.resume,
    });
    return await supervised.attend(view);
  } finally {
    await dieOf(signals, context);
  }
}

async function dieOf(signals: Signals, { output }: CommandContext): Promise<void> {
  if (!signals.signal) return;
  await output.drained();
  signals.reraise();
}

/** This side of a supervisor: from its launch to its end. */
function superviseFromHere(
  { path: folder }: RunFolder,
  launch: Omit<Parameters<typeof launchSupervisor>[0], 'folder'>,
) {
  let supervisor: LaunchedSupervisor | undefined;
  let client: ControlClient | undefined;
  let view: RunView | undefined;
  let last: Snapshot | undefined;
  let stopping: { readonly patience: NodeJS.Timeout } | undefined;
  let forced = false;

  const askToStop = (): void => {
    // An answer may never come: the end of the connection is what counts.
    client?.command({ name: 'stop', force: false }).catch(() => {});
  };
  const force = (): void => {
    forced = true;
    supervisor?.kill();
  };

  return {
    force,
    pause: () => client?.pause(),
    resume: () => client?.resume(),

    /** `again`: a second Ctrl-C would force it, and the view should say so. */
    stop(again: boolean): void {
      if (stopping) return;
      stopping = { patience: setTimeout(force, stopWithinMs) };
      view?.stopping(again);
      askToStop();
    },

    async attend(shown: RunView): Promise<CommandExit> {
      view = shown;
      try {
        supervisor = await launchSupervisor({ ...launch, folder });
        client = await openControlClient({
          path: await findControlAddress(folder),
          role: 'owner',
          from: 1,
          onSnapshot(snapshot) {
            last = snapshot;
            shown.snapshot(snapshot);
          },
          onEntries: (entries) => shown.entries(entries),
        });
        if (forced) supervisor.kill();
        else if (stopping) askToStop();
        await client.closed;
        await supervisor.ended(goneWithinMs);
      } finally {
        clearTimeout(stopping?.patience);
        await client?.[Symbol.asyncDispose]();
      }
      if (last?.phase === 'stopped') return last.play?.state === 'ended' ? commandExit(last.play.exit) : 0;
      if (last?.failure) throw errorOf(last.failure);
      // Nothing of a supervisor that went without a word may stay.
      supervisor.kill();
      throw forced ? hadToBeKilled(folder) : supervisorDied(supervisor.log, await tail(supervisor.log));
    },
  };
}

const hadToBeKilled = (folder: string) =>
  new Problem({
    code: 'killed',
    message: 'The stack did not stop when it was asked to, and was killed.',
    hint: `What it wrote last is in ${join(folder, 'supervisor.log')}.`,
  });
