import { join } from 'node:path';
import { Problem } from '../problem.ts';
import type { RunFolder } from '../stack/run-folder.ts';
import { type CommandExit, commandExit } from './exit-codes.ts';
import type { RunView } from './run-view.ts';
import { type ControlClient, openControlClient } from './supervisor/control-client.ts';
import type { ControlAnswer, ControlCommand, Snapshot } from './supervisor/control-frames.ts';
import { errorOf } from './supervisor/failure.ts';
import { type LaunchedSupervisor, launchSupervisor, supervisorDied, tail } from './supervisor/launch.ts';
import { findControlAddress } from './supervisor/socket-path.ts';
import { gracesOf } from './supervisor/stop-time.ts';

/** A supervisor that has not stopped by itself this long after it was asked is killed, with all that it runs. */
const stopWithinMs = 10_000;

/** Between the supervisor's last word and the end of its process. */
const goneWithinMs = 10_000;

/** This side of a supervisor: from its launch, which begins at once, to its end. */
export function superviseFromHere(
  { path: folder }: RunFolder,
  launch: Omit<Parameters<typeof launchSupervisor>[0], 'folder'>,
) {
  const launching = launchSupervisor({ ...launch, folder });
  // Said by attend(), which may begin later.
  launching.catch(() => {});
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

  /** Gives up the lease, if it is still held: the stack stops by itself then. */
  async function end(): Promise<void> {
    clearTimeout(stopping?.patience);
    await client?.[Symbol.asyncDispose]();
  }

  return {
    force,
    end,
    pause: () => client?.pause(),
    resume: () => client?.resume(),

    /** @throws Problem where the supervisor refuses, or cannot be asked yet or any more */
    async command(command: ControlCommand): Promise<ControlAnswer> {
      if (!client) throw notYet();
      return client.command(command);
    },

    /** `again`: a second Ctrl-C would force it, and the view should say so. */
    stop(again: boolean): void {
      if (stopping) return;
      stopping = { patience: setTimeout(force, stopWithinMs + gracesOf(launch.settings)) };
      view?.stopping(again);
      askToStop();
    },

    async attend(shown: RunView): Promise<CommandExit> {
      view = shown;
      try {
        supervisor = await launching;
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
        await end();
      }
      if (last?.phase === 'stopped') return exitOf(last.play);
      if (last?.failure) throw errorOf(last.failure);
      // Nothing of a supervisor that went without a word may stay.
      supervisor.kill();
      throw forced ? hadToBeKilled(folder) : supervisorDied(supervisor.log, await tail(supervisor.log));
    },
  };
}

/** A scenario that was left before its end has no verdict. */
function exitOf(play: Snapshot['play']): CommandExit {
  if (play === undefined) return 0;
  return play.state === 'ended' ? commandExit(play.exit) : 4;
}

const hadToBeKilled = (folder: string) =>
  new Problem({
    code: 'killed',
    message: 'The stack did not stop when it was asked to, and was killed.',
    hint: `What it wrote last is in ${join(folder, 'supervisor.log')}.`,
  });

const notYet = () => new Problem({ code: 'not-now', message: 'The supervisor has not started yet.' });
