import { fstatSync } from 'node:fs';
import { Option } from 'commander';
import { z } from 'zod';
import { readRun } from '../../journal/read-run.ts';
import type { JournalEntry } from '../../protocol/records.ts';
import { pickLiveRun } from '../live-runs.ts';
import { type ReachedRun, reachRun } from '../reach-run.ts';
import { mustHaveStopped } from '../run-ended.ts';
import { findRun } from '../run-folder.ts';
import type { Output } from '../terminal.ts';
import { durationOf } from '../time-option.ts';
import { toldLines } from '../told-lines.ts';
import type { CommandContext, DefineCommand } from './command.ts';

const eventsOptions = z.object({
  run: z.string().optional(),
  follow: z.boolean().default(false),
  json: z.boolean().default(false),
  fromStart: z.boolean().default(false),
  since: z.number().optional(),
});
type EventsOptions = z.infer<typeof eventsOptions>;

export const define: DefineCommand = (command, run) =>
  void command
    .option('-f, --follow', 'go on with what happens from now on, until the stack ends')
    .option('--json', 'one object a line')
    .option('--from-start', 'with -f: what has happened before, too')
    .addOption(
      new Option('--since <duration>', 'what happened in the last 30s, 5m and so on').argParser(durationOf),
    )
    .option('--run <run>', 'a run by its id, the beginning of it, or its name, running or over')
    .action((raw: unknown) => {
      const options = eventsOptions.parse(raw);
      return run(async (context) => {
        if (options.follow) await follow(context, options);
        else await tellAll(context, options);
        return 0;
      });
    });

const startOf = ({ since }: EventsOptions): number | undefined =>
  since === undefined ? undefined : Date.now() - since;

/** What the files of a run hold, whether it goes on or not. */
async function tellAll({ cwd, output }: CommandContext, options: EventsOptions): Promise<void> {
  const { journals } = await findRun(cwd, options.run);
  for (const { path } of journals) {
    const tell = toldLines({
      color: output.color,
      json: options.json,
      acknowledges: () => true,
      since: startOf(options),
    });
    for (const entry of await readRun(path)) {
      const line = tell(entry);
      if (line !== undefined) output.data(line);
    }
  }
  await output.drained();
}

async function follow({ cwd, output }: CommandContext, options: EventsOptions): Promise<void> {
  const live = await pickLiveRun(cwd, options.run);
  const readerGone = Promise.withResolvers<'reader gone'>();
  output.onReaderGone(() => readerGone.resolve('reader gone'));
  let reached: ReachedRun | undefined;
  let unacknowledged: readonly string[] = [];
  let written = 0;
  const tell = toldLines({
    color: output.color,
    json: options.json,
    acknowledges: (user) => !unacknowledged.includes(user),
    since: startOf(options),
  });
  output.onRoom(() => reached?.resume());
  const onEntries = (entries: readonly JournalEntry[]): void => {
    for (const entry of entries) {
      const line = tell(entry);
      if (line === undefined) continue;
      output.data(line);
      written += 1;
    }
    if (!output.hasRoom) reached?.pause();
  };
  await using run = await reachRun(live, {
    from: options.fromStart || options.since !== undefined ? 1 : 0,
    onSnapshot: (snapshot) => {
      unacknowledged = snapshot.unacknowledged;
    },
    onEntries,
  });
  reached = run;
  using _probing = options.json && isPipe() ? probing(output, () => written) : undefined;
  const end = await Promise.race([run.closed, readerGone.promise]);
  if (end === 'reader gone') return;
  await output.drained();
  mustHaveStopped(live, run);
  output.chatter('The stack has stopped.');
}

const stdoutFd = 1;
const firstProbeMs = 200;
const longestProbeMs = 30_000;

const isPipe = (): boolean => {
  const stat = fstatSync(stdoutFd);
  return stat.isFIFO() || stat.isSocket();
};

/**
 * `events -f --json | head -1` is over when head has its line, but a pipe says so only to who writes. So a space is
 * written in front of the next object, where JSON does not mind it: soon after each line, and ever more rarely.
 */
function probing(output: Output, written: () => number): Disposable {
  let known = written();
  let pauseMs = firstProbeMs;
  let timer = setTimeout(probe, pauseMs);
  function probe(): void {
    const isNews = written() !== known;
    known = written();
    pauseMs = isNews ? firstProbeMs : Math.min(2 * pauseMs, longestProbeMs);
    output.probe();
    timer = setTimeout(probe, pauseMs);
  }
  return { [Symbol.dispose]: () => clearTimeout(timer) };
}
