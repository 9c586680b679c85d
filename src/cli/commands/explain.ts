import { Option } from 'commander';
import { z } from 'zod';
import { withPositionNames } from '../../dashboard/position-name.ts';
import { readRun } from '../../journal/read-run.ts';
import type { TenStep } from '../../journal/ten-steps.ts';
import { type Explanation, explainEvent, listEvents } from '../explain-event.ts';
import { findRunFolder } from '../run-folder.ts';
import type { DefineCommand } from './command.ts';

const explainOptions = z.object({ run: z.string().optional(), format: z.enum(['text', 'json']) });

export const define: DefineCommand = (command, run) =>
  void command
    .argument('[event]', 'the id of an event, or its beginning, or "last"; without it all are listed')
    .option('--run <id>', 'a run of this folder; without it the newest')
    .addOption(new Option('--format <format>', 'text or json').choices(['text', 'json']).default('text'))
    .action((event: string | undefined, raw: unknown) => {
      const options = explainOptions.parse(raw);
      return run(async ({ cwd, output }) => {
        const { path } = await findRunFolder(cwd, options.run);
        const entries = await readRun(path);
        const found = event === undefined ? listEvents(entries) : explainEvent(entries, event);
        if (options.format === 'json') output.data(JSON.stringify(found, null, 2));
        else for (const line of isList(found) ? found.map(inALine) : asText(found)) output.data(line);
        return 0;
      });
    });

const isList = (found: Explanation | readonly Explanation[]): found is readonly Explanation[] =>
  Array.isArray(found);

const subject = ({ kind, position }: Explanation): string =>
  position === undefined ? kind : `${kind} ${withPositionNames(position)}`;

function inALine(explanation: Explanation): string {
  const { event, from, recipients } = explanation;
  const outcomes = recipients.map(({ to, outcome }) => `${to} ${outcome}`).join('; ');
  return `${event}  ${from} ${subject(explanation)}: ${outcomes}`;
}

function asText(explanation: Explanation): string[] {
  const { event, from, recipients } = explanation;
  return [
    `${event}  ${subject(explanation)}, from ${from}`,
    ...recipients.flatMap(({ to, outcome, steps }) => ['', `${to}: ${outcome}`, ...stepLines(steps)]),
  ];
}

/** A line a step; a reason that holds for several steps is said once. */
function stepLines(steps: readonly TenStep[]): string[] {
  return steps.map(({ n, text, process = '', msSinceStart, missing }, index) => {
    const time = msSinceStart === undefined ? '-' : `${msSinceStart.toFixed(1)} ms`;
    const isNew = missing !== undefined && missing !== steps[index - 1]?.missing;
    return `${String(n).padStart(4)}. ${time.padStart(10)}  ${process.padEnd(8)} ${text}${isNew ? `: ${missing}` : ''}`;
  });
}
