import { Option } from 'commander';
import { z } from 'zod';
import { configOption } from '../config-file/config-option.ts';
import type { Check } from '../doctor/check.ts';
import { examine } from '../doctor/examine.ts';
import { type CommandExit, worstExit } from '../exit-codes.ts';
import type { DefineCommand } from './command.ts';

const doctorOptions = z.object({ format: z.enum(['text', 'json']), config: z.string().optional() });

const signs = { ok: '✓', warning: '!', failure: '✗' } as const;

export const define: DefineCommand = (command, run) =>
  void command
    .addOption(configOption())
    .addOption(new Option('--format <format>', 'text or json').choices(['text', 'json']).default('text'))
    .addHelpText(
      'after',
      '\nExits with 0 where "collab-dev up" can start, with 2 where the configuration is not valid, and with 3 where\nsomething else is in its way. A warning (!) is in the way of nothing.',
    )
    .action((raw: unknown) => {
      const { format, config } = doctorOptions.parse(raw);
      return run(async (context) => {
        const checks = await examine(context, config);
        const exit = exitOf(checks);
        if (format === 'json') context.output.data(JSON.stringify({ exit, checks }, null, 2));
        else for (const check of checks) for (const line of linesOf(check)) context.output.data(line);
        return exit;
      });
    });

/** What is not valid in a file is the user's to mend there; everything else is about this machine. */
function exitOf(checks: readonly Check[]): CommandExit {
  const failed = checks.filter(({ state }) => state === 'failure');
  return worstExit(failed.map(({ name }) => (name === 'config' ? 2 : 3)));
}

function linesOf({ state, message, hint }: Check): string[] {
  const [first = '', ...rest] = message.split('\n');
  return [
    `${signs[state]} ${first}`,
    ...[...rest, ...(hint ? [hint] : [])].map((line) => (line === '' ? line : `  ${line}`)),
  ];
}
