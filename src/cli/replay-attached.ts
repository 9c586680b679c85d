import type { CommandContext } from './commands/command.ts';
import { type CommandExit, commandExit } from './exit-codes.ts';
import { pickLiveRun } from './live-runs.ts';
import { type ReachedRun, reachRun } from './reach-run.ts';
import { runLines } from './run-lines.ts';

export interface AttachedReplay {
  readonly run: string | undefined;
  /** A path, or the bare name of a shipped file. */
  readonly file: string;
  readonly paceMs: number;
}

/**
 * Plays a scenario on a stack that runs, shows the lines of everything that happens meanwhile, and answers with the exit
 * code of its verdict. Whoever ends this command ends the play, not the stack.
 * @throws Problem where the file is not valid, or is not for that stack
 */
export async function replayAttached(
  { cwd, output }: CommandContext,
  { run, file, paceMs }: AttachedReplay,
): Promise<CommandExit> {
  const live = await pickLiveRun(cwd, run);
  let reached: ReachedRun | undefined;
  let unacknowledged: readonly string[] = [];
  let told = 0;
  let grew = Promise.withResolvers<void>();
  const line = runLines(output.color, (user) => !unacknowledged.includes(user));
  const readerGone = Promise.withResolvers<undefined>();
  output.onReaderGone(() => readerGone.resolve(undefined));
  output.onRoom(() => reached?.resume());

  await using connected = await reachRun(live, {
    from: 0,
    onSnapshot: (snapshot) => {
      unacknowledged = snapshot.unacknowledged;
    },
    onEntries(entries) {
      for (const entry of entries) {
        const text = line(entry);
        if (text !== undefined) output.data(text);
        told = entry.n;
      }
      if (!output.hasRoom) reached?.pause();
      grew.resolve();
      grew = Promise.withResolvers();
    },
  });
  reached = connected;
  const answered = connected.command({ name: 'play', file, cwd, pace_ms: paceMs });
  const answer = await Promise.race([answered, readerGone.promise]);
  const ended = answer?.play;
  // Nobody reads the verdict: as in a replay that was left before its end.
  if (ended?.state !== 'ended') return 4;
  const closed = connected.closed.then(() => 'closed' as const);
  while (
    told < ended.journal &&
    (await Promise.race([grew.promise, closed, readerGone.promise])) !== 'closed'
  );
  for (const text of ended.report) output.data(text);
  await output.drained();
  return commandExit(ended.exit);
}
