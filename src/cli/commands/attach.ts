import { z } from 'zod';
import { attachRun } from '../attach-run.ts';
import { liveRunOption } from '../run-option.ts';
import type { DefineCommand } from './command.ts';

const attachOptions = z.object({ run: z.string().optional(), tui: z.boolean().optional() });

export const define: DefineCommand = (command, run) =>
  void command
    .addOption(liveRunOption())
    .option('--tui', 'open the dashboard, also where CI is set')
    .option('--no-tui', 'plain lines, one an event')
    .action((raw: unknown) => {
      const { run: wanted, tui } = attachOptions.parse(raw);
      return run(async (context) => {
        await attachRun(context, { run: wanted, tui });
        return 0;
      });
    });
