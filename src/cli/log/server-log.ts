import { Option } from 'commander';
import { z } from 'zod';
import type { CommandContext } from '../commands/command.ts';
import { type Log, type LogLevel, logLevels, openLog } from './open-log.ts';
import { secretsOf } from './redact.ts';

export const logLevel = z.enum(logLevels);

/** The option of every command that runs a server. */
export const logLevelOption = (): Option =>
  new Option('--log-level <level>', 'how much it says on stderr: JSON, or lines on a terminal')
    .choices([...logLevels])
    .default('info');

/** The log of a server that runs in this process: on stderr, in lines where a person reads along. */
export function serverLog({ env, output, terminal }: CommandContext, level: LogLevel): Log {
  return openLog({
    level,
    readable: terminal.stdoutIsTTY,
    secrets: secretsOf(env),
    write: output.chatter,
  });
}
