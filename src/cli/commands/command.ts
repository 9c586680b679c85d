import type { Command } from 'commander';
import type { CommandExit } from '../exit-codes.ts';
import type { HelpLine } from '../help.ts';
import type { Output, TerminalFacts } from '../terminal.ts';

/** What a command is given: everything that it may know of the process it runs in. */
export interface CommandContext {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly terminal: TerminalFacts;
  readonly output: Output;
  readonly version: string;
  /** `performance.timeOrigin` of the command. */
  readonly askedAt: number;
  /** The folder of the bundles. */
  readonly dist: string;
}

/** Adds arguments, options and the action to a command; `run` hands the action its context and keeps its exit code. */
export type DefineCommand = (
  command: Command,
  run: (action: (context: CommandContext) => Promise<CommandExit>) => Promise<void>,
) => void;

/** One line of the help, with the file that knows the rest: read only when the command is used. */
export interface CommandEntry extends HelpLine {
  readonly load: () => Promise<{ readonly define: DefineCommand }>;
}
