import { Option } from 'commander';
import { z } from 'zod';
import { withPositionNames } from '../../dashboard/position-name.ts';
import { readRun } from '../../journal/read-run.ts';
import type { TenStep } from '../../journal/ten-steps.ts';
import { type Explanation, explainEvent } from '../explain-event.ts';
import { findRunFolder } from '../run-folder.ts';
import type { DefineCommand } from './command.ts';

const explainOptions = z.object({ run: z.string().optional(), format: z.enum(['text', 'json']) });

export const define: DefineCommand = (command, run) =>
  void command
    .argument('<event>', 'the id of an event, or its beginning, or "last"')
    .option('--run <id>', 'a run of this folder; without it the newest')
    .addOption(new Option('--format <format>', 'text or json').choices(['text', 'json']).default('text'))
    .action((event: string, raw: unknown) => {
      const options = explainOptions.parse(raw);
      return run(async ({ cwd, output }) => {
        const { path } = await findRunFolder(cwd, options.run);
        const explanation = explainEvent(await readRun(path), event);
        if (options.format === 'json') output.data(JSON.stringify(explanation, null, 2));
        else for (const line of asText(explanation)) output.data(line);
        return 0;
      });
    });

function asText({ event, kind, from, position, recipients }: Explanation): string[] {
  return [
    `${event}  ${kind}${position === undefined ? '' : ` ${withPositionNames(position)}`}, from ${from}`,
    ...recipients.flatMap(({ to, outcome, steps }) => ['', `${to}: ${outcome}`, ...steps.map(stepLine)]),
  ];
}

function stepLine({ n, text, process, msSinceStart, missing }: TenStep): string {
  const time = msSinceStart === undefined ? '-' : `${msSinceStart.toFixed(1)} ms`;
  const who = process ?? '';
  return `${String(n).padStart(4)}. ${time.padStart(10)}  ${who.padEnd(8)} ${text}${missing ? ` – ${missing}` : ''}`;
}
