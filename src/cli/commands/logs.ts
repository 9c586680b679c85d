import { setTimeout as wait } from 'node:timers/promises';
import { Chalk, type ChalkInstance } from 'chalk';
import { z } from 'zod';
import { Problem } from '../../problem.ts';
import { pickLiveRun } from '../live-runs.ts';
import { logReader, logsNamed, logsOf } from '../log-lines.ts';
import { mergeLogs } from '../merge-logs.ts';
import { reachRun } from '../reach-run.ts';
import { findRun } from '../run-folder.ts';
import type { CommandContext, DefineCommand } from './command.ts';

const logsOptions = z.object({
  run: z.string().optional(),
  follow: z.boolean().default(false),
  tail: z.string().optional(),
  json: z.boolean().default(false),
});
type LogsOptions = z.infer<typeof logsOptions>;

/** Logs are plain files that anybody may write to: there is no bell to wait for. */
const lookEveryMs = 200;

export const define: DefineCommand = (command, run) =>
  void command
    .argument('[names...]', 'processes by their names; without any, all, and the supervisor')
    .option('-f, --follow', 'go on with what they print from now on, until the stack ends')
    .option('--tail <n>', 'only the last lines of each; with -f 10 unless you say')
    .option('--json', 'one object a line')
    .option('--run <run>', 'a run by its id, the beginning of it, or its name, running or over')
    .action((names: string[], raw: unknown) => {
      const options = logsOptions.parse(raw);
      const tail = options.tail === undefined ? undefined : lineCount(options.tail);
      return run(async (context) => {
        const gone = new AbortController();
        context.output.onReaderGone(() => gone.abort());
        if (options.follow) await follow(context, names, options, tail ?? 10, gone.signal);
        else await printAll(context, names, options, tail);
        return 0;
      });
    });

async function printAll(
  context: CommandContext,
  names: readonly string[],
  { run, json }: LogsOptions,
  tail: number | undefined,
): Promise<void> {
  const { journals } = await findRun(context.cwd, run);
  let printed = 0;
  for (const { path } of journals) {
    const logs = logsNamed(await logsOf(path), names);
    const say = printer(
      context,
      logs.map(({ name }) => name),
      json,
    );
    const read = logs.map(async (log) => {
      const reader = logReader(log);
      const lines = [...(await reader.read()), ...reader.rest()];
      return { name: log.name, lines: tail === undefined ? lines : lastOf(lines, tail) };
    });
    const merged = mergeLogs(await Promise.all(read));
    for (const { name, line } of merged) say(name, line);
    printed += merged.length;
  }
  if (printed === 0) context.output.chatter('They have printed nothing.');
  await context.output.drained();
}

async function follow(
  context: CommandContext,
  names: readonly string[],
  { run, json }: LogsOptions,
  tail: number,
  gone: AbortSignal,
): Promise<void> {
  const live = await pickLiveRun(context.cwd, run);
  logsNamed(await logsOf(live.path), names);
  await using reached = await reachRun(live);
  const ended = new AbortController();
  void reached.closed.then(() => ended.abort());
  const stop = AbortSignal.any([gone, ended.signal]);
  const readers = new Map<string, ReturnType<typeof logReader>>();
  let say: ReturnType<typeof printer> | undefined;
  for (let last = false; !gone.aborted; ) {
    // What was printed until the end is read once more after it.
    last = ended.signal.aborted;
    const logs = (await logsOf(live.path)).filter(({ name }) => names.length === 0 || names.includes(name));
    if (!say || logs.some(({ name }) => !readers.has(name))) {
      say = printer(
        context,
        logs.map(({ name }) => name),
        json,
      );
    }
    const read = logs.map(async (log) => {
      const known = readers.get(log.name);
      const reader = known ?? logReader(log);
      readers.set(log.name, reader);
      const lines = await reader.read();
      // Of what was there before, only the end.
      const shown = known ? lines : lastOf(lines, tail);
      return { name: log.name, lines: [...shown, ...(last ? reader.rest() : [])] };
    });
    for (const { name, line } of mergeLogs(await Promise.all(read))) say(name, line);
    if (last) break;
    await wait(lookEveryMs, undefined, { signal: stop }).catch(() => {});
  }
  if (!gone.aborted) context.output.chatter('The stack has stopped.');
}

/** `slice(-0)` would be all of them. */
const lastOf = (lines: readonly string[], count: number): readonly string[] =>
  count === 0 ? [] : lines.slice(-count);

/** `alice  | listening`, each name in a colour of its own. */
function printer({ output }: CommandContext, names: readonly string[], json: boolean) {
  const paint = new Chalk({ level: output.color ? 1 : 0 });
  const colors: readonly ChalkInstance[] = [
    paint.cyan,
    paint.yellow,
    paint.green,
    paint.magenta,
    paint.blue,
    paint.red,
  ];
  const width = Math.max(0, ...names.map(({ length }) => length));
  return (name: string, line: string): void => {
    const color = colors[names.indexOf(name) % colors.length] ?? paint;
    output.data(json ? JSON.stringify({ name, line }) : `${color(`${name.padEnd(width)} |`)} ${line}`);
  };
}

function lineCount(given: string): number {
  const count = Number(given);
  if (/^\d+$/.test(given) && count <= 1_000_000) return count;
  throw new Problem({
    code: 'bad-tail',
    message: `--tail ${given} is not possible: it is a number of lines.`,
    exit: 2,
  });
}
