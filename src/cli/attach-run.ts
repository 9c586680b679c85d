import process from 'node:process';
import type { CommandContext } from './commands/command.ts';
import { pickLiveRun, shownRun } from './live-runs.ts';
import { openView } from './open-view.ts';
import { type ReachedRun, reachRun } from './reach-run.ts';
import { mustHaveStopped } from './run-ended.ts';
import { listenToSignals } from './signals.ts';
import { suspendGroup } from './suspend.ts';
import { wantsDashboard } from './terminal.ts';

/**
 * Shows a run that is alive, until somebody leaves or it ends: the dashboard with all that has happened, or plain lines
 * from now on. It owns nothing: leaving changes nothing.
 * @throws Problem where the run has failed or died meanwhile
 */
export async function attachRun(
  context: CommandContext,
  { run, tui }: { readonly run: string | undefined; readonly tui: boolean | undefined },
): Promise<void> {
  const { output, cwd, terminal } = context;
  const live = await pickLiveRun(cwd, run);
  const left = Promise.withResolvers<'left'>();
  const leave = (): void => left.resolve('left');
  using signals = listenToSignals(process, {
    stop(signal) {
      if (signal === 'SIGHUP') output.mute();
      leave();
    },
    force: () => signals.reraise(),
  });
  output.onReaderGone(leave);

  let reached: ReachedRun | undefined;
  const connection = Promise.withResolvers<ReachedRun>();
  connection.promise.catch(() => {});
  let isLeft = false;
  {
    await using view = await openView(
      context,
      tui,
      live,
      {
        quit: leave,
        interrupt: signals.interrupt,
        pause: () => reached?.pause(),
        resume: () => reached?.resume(),
        command: async (command) => (await connection.promise).command(command),
        suspend: () => suspendGroup(process),
      },
      true,
    );
    await using connected = await reachRun(live, {
      from: wantsDashboard(tui, terminal) ? 1 : 0,
      onSnapshot: (snapshot) => view.snapshot(snapshot),
      onEntries: (entries) => view.entries(entries),
    });
    reached = connected;
    connection.resolve(connected);
    const broken = view.broken ? [view.broken] : [];
    isLeft = (await Promise.race([left.promise, connected.closed, ...broken])) === 'left';
  }
  if (isLeft) output.chatter(`Run ${shownRun(live)} goes on.`);
  await output.drained();
  // Ctrl-C is how one leaves; any other signal is for us.
  if (signals.signal !== undefined && signals.signal !== 'SIGINT') signals.reraise();
  if (isLeft) return;
  mustHaveStopped(live, reached);
  output.chatter('The stack has stopped.');
}
