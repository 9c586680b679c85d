import { Command, CommanderError, Help, Option } from 'commander';
import type { CommandContext, CommandEntry } from './commands/command.ts';
import type { CommandExit } from './exit-codes.ts';
import { rootHelp } from './help.ts';
import type { ColorChoice } from './terminal.ts';

export interface ProgramOptions {
  readonly commands: readonly CommandEntry[];
  readonly version: string;
  readonly writeOut: (text: string) => void;
  readonly writeErr: (text: string) => void;
  readonly context: (color: ColorChoice) => CommandContext;
}

/**
 * Runs one command line and answers with its exit code. Of the commands only those are loaded that the line names;
 * what a command throws goes on to the caller.
 */
export async function runProgram(argv: readonly string[], options: ProgramOptions): Promise<CommandExit> {
  let exit: CommandExit = 0;
  const program: Command = new Command('collab-dev')
    .version(options.version)
    .addOption(
      new Option('--color <when>', 'colour the output').choices(['auto', 'always', 'never']).default('auto'),
    )
    .configureOutput({
      writeOut: options.writeOut,
      writeErr: options.writeErr,
      outputError: (text, write) => write(sentence(text)),
    })
    .configureHelp({
      formatHelp: (command, helper) =>
        command === program
          ? rootHelp(options.commands)
          : Help.prototype.formatHelp.call(helper, command, helper),
    })
    .exitOverride();

  const run = async (action: (context: CommandContext) => Promise<CommandExit>): Promise<void> => {
    exit = await action(options.context(colorChoice(program.opts())));
  };
  for (const { name, summary, load } of options.commands) {
    const command = program.command(name).description(sentence(summary).trimEnd());
    if (argv.includes(name)) (await load()).define(command, run);
  }

  if (argv.length === 0) {
    options.writeOut(rootHelp(options.commands));
    return 0;
  }
  try {
    await program.parseAsync(argv, { from: 'user' });
    return exit;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? 0 : 2;
  }
}

function colorChoice({ color }: Record<string, unknown>): ColorChoice {
  return color === 'always' || color === 'never' ? color : 'auto';
}

/** `error: unknown option '--wat'\n(Did you mean --watch?)` → `Unknown option '--wat'.\nDid you mean --watch?` */
function sentence(text: string): string {
  const [first = '', ...rest] = text
    .trim()
    .replace(/^error: /, '')
    .split('\n');
  const capital = first.charAt(0).toUpperCase() + first.slice(1);
  const more = rest.map((line) => line.replace(/^\((.*)\)$/, '$1'));
  return `${[/[.!?]$/.test(capital) ? capital : `${capital}.`, ...more].join('\n')}\n`;
}
