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

/** What can be used at one place of a file: users, positions, `relay`, and what steps before it have named. */
type Known = ReadonlySet<string>;

/**
 * Holds every `as`, `after`, `heal` and `$ref` against the names that are there when the step runs: a name is given
 * once a file, and used only after that; steps that run at once know nothing of one another. Answers the names that
 * some `after` uses.
 */
export function checkNames({ tree, steps, vocabulary, complain }: Checking): ReadonlySet<string> {
  const { users = [], positions = [] } = vocabulary;
  const owners = new Map<string, string>();
  for (const name of positions) owners.set(name, 'a position');
  for (const name of users) owners.set(name, 'a user');
  owners.set('relay', 'the relay');
  const everNamed = new Set(namedIn(steps));
  const marked = new Set<string>();
  const error = (range: Range, message: string, hint?: string) =>
    complain({ severity: 'error', ...range, message, hint });
  const why = (name: string, known: Iterable<string>) =>
    everNamed.has(name) ? ' It is only named later in this file.' : didYouMean(name, known);

  for (const [name, owner] of doubles(users, positions))
    error(tree.rangeOf(owner), `"${name}" is a user and a position.`);

  function checkAll({ steps: list, at, atOnce }: Inner, known: Known): Known {
    let after = known;
    for (const [i, step] of list.entries()) {
      after = new Set([...after, ...check(step, [...at, i], atOnce ? known : after)]);
    }
    return after;
  }

  /** Answers what is known after the step. */
  function check(step: unknown, at: Path, known: Known): Known {
    const { own, inner } = parted(step, at);
    for (const { path, ref } of refsWithin(own, at)) {
      if (known.has(ref.name)) continue;
      error(
        rangeOfRef(tree, path, ref),
        `Nothing is named "${ref.name}" here.${why(ref.name, known)}`,
        dollarHint(ref),
      );
    }
    const named = bodiesOf(own, at).flatMap((body) => checkBody(body, known));
    const after = new Set([...known, ...named]);
    return inner ? checkAll(inner, after) : after;
  }

  /** Answers the names that it gives. */
  function checkBody({ body, at, isControl }: Body, known: Known): string[] {
    for (const name of textOf(body.after)) {
      marked.add(name);
      const steps = [...known].filter((one) => everNamed.has(one));
      if (steps.includes(name)) continue;
      error(tree.rangeOf([...at, 'after']), `No step before this one is named "${name}".${why(name, steps)}`);
    }
    if (isControl && typeof body.heal === 'string') {
      const healed = ['everyone', ...known];
      if (!healed.includes(body.heal)) {
        error(
          tree.rangeOf([...at, 'heal']),
          `Nothing is named "${body.heal}" here.${why(body.heal, healed)}`,
        );
      }
    }
    for (const name of textOf(body.as)) {
      const other = owners.get(name);
      if (other) error(tree.rangeOf([...at, 'as']), `"${name}" is the name of ${other} already.`);
      else owners.set(name, `the step in line ${lineOf(tree, at)}`);
    }
    return textOf(body.as);
  }

  checkAll({ steps, at: ['steps'], atOnce: false }, new Set(owners.keys()));
  return marked;
}

interface Inner {
  readonly steps: readonly unknown[];
  readonly at: Path;
  readonly atOnce: boolean;
}

/** A step without the steps that stand in it, and those. */
function parted(step: unknown, at: Path): { readonly own: unknown; readonly inner: Inner | undefined } {
  if (!isMap(step)) return { own: step, inner: undefined };
  const key = Array.isArray(step.do) ? 'do' : 'parallel';
  const steps = step[key];
  if (!Array.isArray(steps)) return { own: step, inner: undefined };
  const { [key]: _, ...own } = step;
  return { own, inner: { steps, at: [...at, key], atOnce: key === 'parallel' } };
}

function namedIn(steps: readonly unknown[]): string[] {
  return steps.flatMap((step) => {
    const { own, inner } = parted(step, []);
    const names = bodiesOf(own, []).flatMap(({ body }) => textOf(body.as));
    return inner ? [...names, ...namedIn(inner.steps)] : names;
  });
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
