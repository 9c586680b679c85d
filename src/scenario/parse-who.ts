import { didYouMean, listed } from './nearest.ts';
import type { StepParser } from './parse-step.ts';
import { isOfRelay } from './reserved.ts';
import type { Path } from './yaml-tree.ts';

/** `alice`, `alice, bob`, `everyone`, and parts of the stack like `relay`, as names; undefined after a complaint about one of them. */
export function parseWho(key: string, at: Path, parser: StepParser): readonly string[] | undefined {
  const users = parser.vocabulary.users ?? [];
  if (key === 'everyone') return users;
  const range = parser.tree.keyRangeOf(at);
  const isQuoted = range.end - range.start > key.length;
  const parts = key.split(',');
  const names = parts.map((part) => part.trim());
  let fine = true;
  let offset = range.start + (isQuoted ? 1 : 0);
  for (const [i, part] of parts.entries()) {
    const name = names[i] ?? '';
    const start = offset + (part.length - part.trimStart().length);
    offset += part.length + 1;
    if (users.includes(name) || parser.vocabulary.parts.includes(name)) continue;
    fine = false;
    const place = { start, end: start + Math.max(1, name.length) };
    parser.complain({ severity: 'error', ...place, ...aboutNobody(name, names.length === 1, parser) });
  }
  return fine ? names : undefined;
}

function aboutNobody(name: string, alone: boolean, { vocabulary, verbs }: StepParser) {
  if (isOfRelay(name)) {
    const nodes = vocabulary.parts.length === 1 ? 'only one node' : `${vocabulary.parts.length - 2} nodes`;
    return {
      message: `This file's relay has ${nodes}, so there is no ${name}.`,
      hint: 'How many nodes it has stands above the steps: "relays: 3".',
    };
  }
  const users = vocabulary.users ?? [];
  const verb = verbs.find((one) => one.name === name);
  if (verb) {
    const example = verb.form === 'word' ? name : `{ ${name}: … }`;
    return {
      message: `"${name}" needs somebody who does it.`,
      hint: `Like this: "- ${users[0] ?? 'alice'}: ${example}".`,
    };
  }
  const controls = verbs.filter(({ form }) => form === 'control').map((one) => one.name);
  const others = alone ? [...vocabulary.parts, 'everyone', ...controls] : [];
  return {
    message: `"${name}" is no user of this file.${didYouMean(name, [...users, ...others])}`,
    hint: users.length === 0 ? undefined : `There ${users.length === 1 ? 'is' : 'are'} ${listed(users)}.`,
  };
}
