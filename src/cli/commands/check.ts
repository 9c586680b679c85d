import { Option } from 'commander';
import { z } from 'zod';
import { withPositionNames } from '../../dashboard/position-name.ts';
import { type CheckedRun, checkRun } from '../../scenario/oracle/check-run.ts';
import { type CommandExit, worstExit } from '../exit-codes.ts';
import { findRun } from '../run-folder.ts';
import type { DefineCommand } from './command.ts';

const checkOptions = z.object({ format: z.enum(['text', 'json']) });

export const define: DefineCommand = (command, run) =>
  void command
    .argument('[run]', 'a run by its id or its folder, running or over; without it the newest')
    .addOption(new Option('--format <format>', 'text or json').choices(['text', 'json']).default('text'))
    .action((named: string | undefined, raw: unknown) => {
      const { format } = checkOptions.parse(raw);
      return run(async ({ cwd, output }) => {
        const { journals } = await findRun(cwd, named);
        const checked: { run: string; exit: CommandExit; result: CheckedRun }[] = [];
        for (const { id, path } of journals) {
          const result = await checkRun(path, withPositionNames);
          checked.push({ run: id, exit: exitOf(result), result });
        }
        const exit = worstExit(checked.map((one) => one.exit));
        const runs = checked.map(({ result, ...one }) => ({ ...one, ...result }));
        if (format === 'json') output.data(JSON.stringify({ exit, runs }, null, 2));
        else for (const line of linesOf(checked)) output.data(line);
        return exit;
      });
    });

/** Of a run without any database nobody can tell anything. */
function exitOf({ read, findings }: CheckedRun): CommandExit {
  if (findings.some(({ certain }) => certain)) return 1;
  return findings.length > 0 || read.length === 0 ? 4 : 0;
}

/** Each run with its findings; what nobody could check once, for all of them. */
function linesOf(checked: readonly { readonly run: string; readonly result: CheckedRun }[]): string[] {
  const notChecked = new Set(checked.flatMap(({ result }) => result.notChecked));
  return [
    ...checked.flatMap(({ run, result }) => runLines(run, result)),
    ...[...notChecked].map((line) => `not checked: ${line}`),
  ];
}

function runLines(run: string, { users, read, live, findings }: CheckedRun): string[] {
  const of = read.length === users.length ? '' : `${read.length} of `;
  const who = `${of}${users.length} ${users.length === 1 ? 'backend' : 'backends'}`;
  const what = findings.length === 0 ? 'nothing wrong' : `${findings.length} found`;
  return [
    `${run}: ${what} in ${who}${live ? ', which go on' : ''}`,
    ...findings.flatMap(({ name, message, certain, history }) => [
      '',
      `${certain ? '✗' : '?'} ${name}: ${message}`,
      ...(certain ? [] : ['  It may still come right.']),
      ...history.map((line) => `  ${withPositionNames(line)}`),
      '',
    ]),
  ];
}
