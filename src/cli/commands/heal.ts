import { z } from 'zod';
import { pickLiveRun } from '../live-runs.ts';
import { reachRun } from '../reach-run.ts';
import { formatOption, liveRunOption } from '../run-option.ts';
import type { DefineCommand } from './command.ts';

const healOptions = z.object({ run: z.string().optional(), format: z.enum(['text', 'json']) });

export const define: DefineCommand = (command, run) =>
  void command
    .argument('[which]', 'a fault by its name or id, or a name at one of its ends; without it all of them')
    .addOption(liveRunOption())
    .addOption(formatOption())
    .action((which: string | undefined, raw: unknown) => {
      const { run: wanted, format } = healOptions.parse(raw);
      return run(async ({ cwd, output }) => {
        await using reached = await reachRun(await pickLiveRun(cwd, wanted));
        const { text = '' } = await reached.command({ name: 'heal', which: which ?? 'everyone' });
        output.data(format === 'json' ? JSON.stringify({ healed: text.split('\n') }) : text);
        return 0;
      });
    });
