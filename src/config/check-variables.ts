import type { Complaint } from '../scenario/complaint.ts';
import { isMap } from '../scenario/is-map.ts';
import { didYouMean } from '../scenario/nearest.ts';
import type { Path, YamlTree } from '../scenario/yaml-tree.ts';
import { expand, isVariableName, type Variables, type VariableUse, variablesIn } from './variables.ts';

/** A complaint for each `${NAME}` of a file that nobody has set, under its very characters. */
export function checkVariables(tree: YamlTree, variables: Variables): Complaint[] {
  const known = Object.keys(variables).filter((name) => variables[name] !== undefined);
  return textsIn(tree.value, []).flatMap(({ text, path }) =>
    variablesIn(text)
      .filter(({ name, open }) => open || !known.includes(name))
      .map((use): Complaint => {
        const range = tree.rangeOf(path);
        const start = sameIn(tree.textOf(range), text, use);
        const place =
          start === -1 ? range : { start: range.start + start, end: range.start + start + use.typed.length };
        return { severity: 'error', ...place, ...aboutUnknown(use, known) };
      }),
  );
}

/** Where what was typed stands in the file: a text of it may have quotes and escapes that its value has not. */
function sameIn(typed: string, value: string, use: VariableUse): number {
  const before = value.slice(0, use.at).split(use.typed).length - 1;
  let start = typed.indexOf(use.typed);
  for (let i = 0; i < before && start !== -1; i += 1) start = typed.indexOf(use.typed, start + 1);
  return start;
}

function aboutUnknown({ typed, name, open }: VariableUse, known: readonly string[]) {
  const asText = `$${typed} keeps it as it is`;
  if (open) {
    return {
      message: `${typed} has no end: its closing brace is missing.`,
      hint: `For the shell of a command, ${asText}.`,
    };
  }
  if (!isVariableName(name)) {
    return {
      message: `${typed} is no variable: there is only a name between the braces.`,
      hint: `For the shell of a command, ${asText}.`,
    };
  }
  return {
    message: `No variable is called "${name}", neither in the environment nor in .env.${didYouMean(name, known)}`,
    hint: `For the shell of a command it is $${name}; ${asText}.`,
  };
}

/** Values for the variables of all texts, but those of `command` and `env`: these get theirs where they are started. */
export function expandTree(value: unknown, variables: Variables): unknown {
  if (typeof value === 'string') return expand(value, variables);
  if (Array.isArray(value)) return value.map((item: unknown) => expandTree(item, variables));
  if (!isMap(value)) return value;
  const isCommand = 'command' in value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      isCommand && (key === 'command' || key === 'env') ? inner : expandTree(inner, variables),
    ]),
  );
}

function textsIn(value: unknown, path: Path): { readonly text: string; readonly path: Path }[] {
  if (typeof value === 'string') return [{ text: value, path }];
  if (Array.isArray(value)) return value.flatMap((item: unknown, i) => textsIn(item, [...path, i]));
  return isMap(value) ? Object.entries(value).flatMap(([key, one]) => textsIn(one, [...path, key])) : [];
}
