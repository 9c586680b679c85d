import { resolve } from 'node:path';
import { z } from 'zod';
import { writeStarter } from '../init/write-starter.ts';
import type { DefineCommand } from './command.ts';

const initOptions = z.object({ force: z.boolean().default(false) });

export const define: DefineCommand = (command, run) =>
  void command
    .argument('[folder]', 'the folder of the project; without it this one')
    .option('--force', 'write over what is there already')
    .action((folder: string | undefined, raw: unknown) => {
      const { force } = initOptions.parse(raw);
      return run(async ({ cwd, output }) => {
        const files = await writeStarter(resolve(cwd, folder ?? '.'), force);
        const kept = files.filter(({ is }) => is === 'there already');
        for (const { path, is } of files) output.data(`${is.padEnd(14)} ${path}`);
        if (kept.length > 0) output.chatter('What was there already is as it was; --force writes over it.');
        const here = folder === undefined ? '' : `cd ${quoted(folder)} && `;
        for (const line of [
          '',
          'Next',
          `  ${here}npx collab-dev doctor   # whether this machine has what it needs`,
          `  ${here}npx collab-dev test     # your scenario, with an exit code`,
          `  ${here}npx collab-dev up       # the whole stack, until Ctrl-C`,
        ])
          output.data(line);
        return 0;
      });
    });

const quoted = (path: string): string =>
  /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
