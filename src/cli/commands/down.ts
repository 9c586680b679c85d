import { z } from 'zod';
import { runsMeant } from '../live-runs.ts';
import { formatOption, liveRunOption } from '../run-option.ts';
import { takeDown, whatBecame } from '../take-down.ts';
import type { DefineCommand } from './command.ts';

const downOptions = z.object({
  run: z.string().optional(),
  all: z.boolean().default(false),
  format: z.enum(['text', 'json']),
});

export const define: DefineCommand = (command, run) =>
  void command
    .addOption(liveRunOption())
    .option('--all', 'every stack that was started in this folder')
    .addOption(formatOption())
    .action((raw: unknown) => {
      const options = downOptions.parse(raw);
      return run(async ({ cwd, output }) => {
        const runs = await runsMeant(cwd, options);
        const done = await Promise.all(runs.map(takeDown));
        if (options.format === 'json') output.data(JSON.stringify({ runs: done }, null, 2));
        else for (const one of done) output.data(whatBecame(one));
        if (done.length === 0) output.chatter('Nothing runs in this folder.');
        return 0;
      });
    });
