import type { ForeignCommand } from '../stack/foreign-command.ts';

/** Variables by name, as an environment has them. */
export type Variables = Readonly<Record<string, string | undefined>>;

/** `${NAME}` in a text; `$${` stands for `${` itself. */
export interface VariableUse {
  /** As it was typed, with its braces. */
  readonly typed: string;
  readonly name: string;
  /** Where it begins in the text. */
  readonly at: number;
  /** Its closing brace is missing. */
  readonly open: boolean;
}

/** What is escaped, what has its end, and what has none in its line. */
const pattern = /\$(\$\{)|\$\{([^}\n]*)\}|\$\{(\w*)/g;
const variableName = /^[A-Za-z_][A-Za-z0-9_]*$/;

export const isVariableName = (text: string): boolean => variableName.test(text);

export function variablesIn(text: string): VariableUse[] {
  return [...text.matchAll(pattern)].flatMap(
    ({ 0: typed, 1: escaped, 2: closed, 3: open = '', index: at }) =>
      escaped === undefined ? [{ typed, name: closed ?? open, at, open: closed === undefined }] : [],
  );
}

/** The text with the values in place; what is unknown stays as it was typed. A `$NAME` is left to the shell. */
export function expand(text: string, variables: Variables): string {
  return text.replace(pattern, (typed, escaped: string | undefined, name: string | undefined) =>
    escaped !== undefined ? escaped : ((name === undefined ? undefined : variables[name]) ?? typed),
  );
}

/**
 * A command with the values of its variables, and `added` in its environment. It is done where the command is started,
 * so that no value of a `.env` is ever written into a run folder.
 */
export function expandCommand(
  command: ForeignCommand,
  variables: Variables,
  added: Readonly<Record<string, string>>,
): ForeignCommand {
  const given = command.command;
  const env = Object.entries(command.env).map(([name, value]) => [name, expand(value, variables)]);
  return {
    ...command,
    command:
      typeof given === 'string' ? expand(given, variables) : given.map((one) => expand(one, variables)),
    env: { ...added, ...Object.fromEntries(env) },
  };
}
