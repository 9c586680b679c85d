import type { Complaint, Range } from './complaint.ts';
import { isMap } from './is-map.ts';
import type { Vocabulary } from './leaves.ts';
import { didYouMean } from './nearest.ts';
import { type Ref, refsWithin } from './refs.ts';
import type { Path, YamlTree } from './yaml-tree.ts';

interface Checking {
  readonly tree: YamlTree;
  readonly steps: readonly unknown[];
  readonly vocabulary: Vocabulary;
  readonly complain: (complaint: Complaint) => void;
}

/**
 * Holds every `as`, `after`, `heal` and `$ref` against the names that are there when the step runs: a name is given
 * once a file, and used only after that. Answers the names that some `after` uses.
 */
export function checkNames({ tree, steps, vocabulary, complain }: Checking): ReadonlySet<string> {
  const { users = [], positions = [] } = vocabulary;
  const given = new Map<string, string>();
  for (const name of positions) given.set(name, 'a position');
  for (const name of users) given.set(name, 'a user');
  given.set('relay', 'the relay');
  const steppedAs = new Set<string>();
  const everNamed = new Set(
    steps.flatMap((step) => bodiesOf(step, []).flatMap(({ body }) => textOf(body.as))),
  );
  const marked = new Set<string>();
  const error = (range: Range, message: string, hint?: string) =>
    complain({ severity: 'error', ...range, message, hint });
  const why = (name: string, known: Iterable<string>) =>
    everNamed.has(name) ? ' It is only named later in this file.' : didYouMean(name, known);

  for (const [name, owner] of doubles(users, positions))
    error(tree.rangeOf(owner), `"${name}" is a user and a position.`);
  for (const [i, step] of steps.entries()) {
    for (const { path, ref } of refsWithin(step, ['steps', i])) {
      if (given.has(ref.name)) continue;
      error(
        rangeOfRef(tree, path, ref),
        `Nothing is named "${ref.name}" here.${why(ref.name, given.keys())}`,
        dollarHint(ref),
      );
    }
    for (const { body, at, isControl } of bodiesOf(step, ['steps', i])) {
      for (const name of textOf(body.after)) {
        marked.add(name);
        if (steppedAs.has(name)) continue;
        error(
          tree.rangeOf([...at, 'after']),
          `No step before this one is named "${name}".${why(name, steppedAs)}`,
        );
      }
      if (isControl && typeof body.heal === 'string') {
        const known = ['everyone', ...given.keys()];
        if (!known.includes(body.heal)) {
          error(
            tree.rangeOf([...at, 'heal']),
            `Nothing is named "${body.heal}" here.${why(body.heal, known)}`,
          );
        }
      }
      for (const name of textOf(body.as)) {
        const other = given.get(name);
        if (other) error(tree.rangeOf([...at, 'as']), `"${name}" is the name of ${other} already.`);
        else given.set(name, `the step in line ${lineOf(tree, at)}`);
        steppedAs.add(name);
      }
    }
  }
  return marked;
}

interface Body {
  readonly body: Readonly<Record<string, unknown>>;
  readonly at: Path;
  readonly isControl: boolean;
}

/** The maps of a step that can hold `as` and `after`: what stands behind its key, and the step itself for a control. */
function bodiesOf(step: unknown, at: Path): Body[] {
  if (!isMap(step)) return [];
  const inner = Object.entries(step).flatMap(([key, body]): Body[] =>
    isMap(body) ? [{ body, at: [...at, key], isControl: false }] : [],
  );
  return [{ body: step, at, isControl: true }, ...inner];
}

const textOf = (value: unknown): string[] => (typeof value === 'string' ? [value] : []);

function doubles(users: readonly string[], positions: readonly string[]): [string, Path][] {
  return positions.filter((name) => users.includes(name)).map((name) => [name, ['positions']]);
}

/** The very characters of a reference, where the text was typed as it is read. */
function rangeOfRef(tree: YamlTree, path: Path, { name, path: inside }: Ref): Range {
  const range = tree.rangeOf(path);
  const typed = [`$${name}`, ...inside].join('.');
  const start = tree.textOf(range).indexOf(typed);
  return start === -1 ? range : { start: range.start + start, end: range.start + start + typed.length };
}

const dollarHint = ({ name }: Ref): string => `A dollar that is meant as text is doubled: "$$${name}".`;

const lineOf = (tree: YamlTree, at: Path): number => tree.lineOf(tree.rangeOf(at).start);
