import { InvalidArgumentError, Option } from 'commander';
import { z } from 'zod';
import { kindWords } from '../../journal/words.ts';
import { type EventType, eventType } from '../../protocol/events.ts';
import { eventLine, explanationLines } from '../explain-lines.ts';
import { explainOne, listEvents } from '../explain-run.ts';
import { findRun } from '../run-folder.ts';
import type { DefineCommand } from './command.ts';

const explainOptions = z.object({
  run: z.string().optional(),
  from: z.string().optional(),
  to: z.string().optional(),
  type: eventType.optional(),
  format: z.enum(['text', 'json']),
});

export const define: DefineCommand = (command, run) =>
  void command
    .argument('[event]', 'the id of an event, or its beginning, or "last"; without it all are listed')
    .option('--run <id>', 'a run by its id or its folder, running or over; without it the newest')
    .option('--from <user>', 'list only what this user sent')
    .option('--to <user>', 'list only what was meant for this user')
    .addOption(
      new Option('--type <type>', 'list only these: position_shared or share, and so on').argParser(
        typeNamed,
      ),
    )
    .addOption(new Option('--format <format>', 'text or json').choices(['text', 'json']).default('text'))
    .action((event: string | undefined, raw: unknown) => {
      const { run: id, format, ...filter } = explainOptions.parse(raw);
      return run(async ({ cwd, output }) => {
        const found = await findRun(cwd, id);
        if (event === undefined) {
          const list = await listEvents(found.id, found.journals, filter);
          if (format === 'json') output.data(JSON.stringify(list, null, 2));
          else for (const one of list.events) output.data(eventLine(one));
          return 0;
        }
        const explained = await explainOne(found.journals, event);
        if (format === 'json') output.data(JSON.stringify(explained, null, 2));
        else for (const line of explanationLines(explained)) output.data(line);
        return 0;
      });
    });

/** `share` for `position_shared`: the acts are shorter to type. */
function typeNamed(word: string): EventType {
  const found = eventType.options.find((type) => type === word || kindWords[type] === word);
  if (found) return found;
  const acts = eventType.options.map((type) => `${type} (${kindWords[type]})`);
  throw new InvalidArgumentError(`There are ${acts.join(', ')}.`);
}
