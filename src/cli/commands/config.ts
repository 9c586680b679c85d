import { Option } from 'commander';
import { stringify } from 'yaml';
import { z } from 'zod';
import { describeSettings } from '../describe-settings.ts';
import type { DefineCommand } from './command.ts';

const configOptions = z.object({ format: z.enum(['yaml', 'json']) });

export const define: DefineCommand = (command, run) =>
  void command
    .addOption(new Option('--format <format>', 'yaml or json').choices(['yaml', 'json']).default('yaml'))
    .action((raw: unknown) => {
      const { format } = configOptions.parse(raw);
      return run(async ({ output, env, cwd, version, terminal }) => {
        const settings = describeSettings({ env, cwd, version, terminal });
        output.data(format === 'json' ? JSON.stringify(settings, null, 2) : stringify(settings).trimEnd());
        return 0;
      });
    });
