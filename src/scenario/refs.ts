import { Problem } from '../problem.ts';
import { listed } from './nearest.ts';

/** One `$name.path` inside a text; `start` and `end` are offsets into that text. */
export interface Ref {
  readonly name: string;
  readonly path: readonly string[];
  readonly start: number;
  readonly end: number;
}

/** `$$`, or `$name` with an optional `.path`. `$5` and a lone `$` are text. */
const refPattern = /\$\$|\$([a-z](?:[a-z0-9-]*[a-z0-9])?)((?:\.[A-Za-z0-9_]+)*)/g;

/** The references in a text, in order. */
export function refsIn(text: string): Ref[] {
  return [...text.matchAll(refPattern)].flatMap(({ 0: whole, 1: name, 2: path = '', index }) =>
    name === undefined
      ? []
      : [{ name, path: path.split('.').slice(1), start: index, end: index + whole.length }],
  );
}

/** All references in a value with the path to the text that holds them. Regular expressions are left alone. */
export function refsWithin(
  value: unknown,
  path: readonly (string | number)[] = [],
): { readonly path: readonly (string | number)[]; readonly ref: Ref }[] {
  if (typeof value === 'string') return refsIn(value).map((ref) => ({ path, ref }));
  if (Array.isArray(value)) return value.flatMap((item, i) => refsWithin(item, [...path, i]));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, v]) => (key === '$regex' ? [] : refsWithin(v, [...path, key])));
}

/** What a name stands for: `whole` for `$name`, `parts` for what `$name.path` walks into. */
export interface Named {
  readonly whole: unknown;
  readonly parts: unknown;
}

/**
 * Replaces the references in a value. As a whole value a reference keeps its type, inside a text it becomes text;
 * `$$` becomes a dollar.
 * @throws Problem `unknown-ref` where a path leads nowhere
 */
export function resolveRefs(value: unknown, named: (name: string) => Named | undefined): unknown {
  if (typeof value === 'string') return resolveText(value, named);
  if (Array.isArray(value)) return value.map((item) => resolveRefs(item, named));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, v]) => [key, key === '$regex' ? v : resolveRefs(v, named)]),
  );
}

function resolveText(text: string, named: (name: string) => Named | undefined): unknown {
  const refs = refsIn(text);
  const [first] = refs;
  if (first && first.start === 0 && first.end === text.length) return walk(first, named);
  let at = 0;
  let result = '';
  for (const ref of refs) {
    const value = walk(ref, named);
    result +=
      undouble(text.slice(at, ref.start)) + (typeof value === 'string' ? value : JSON.stringify(value));
    at = ref.end;
  }
  return result + undouble(text.slice(at));
}

function walk(ref: Ref, named: (name: string) => Named | undefined): unknown {
  const found = named(ref.name);
  if (!found) throw refLeadsNowhere(ref, `nothing is named "${ref.name}"`);
  if (ref.path.length === 0) return found.whole;
  let value = found.parts;
  const walked = [ref.name];
  for (const key of ref.path) {
    const inside = typeof value === 'object' && value !== null ? new Map(Object.entries(value)) : new Map();
    if (!inside.has(key)) {
      const has = inside.size === 0 ? 'nothing inside' : listed(inside.keys());
      throw refLeadsNowhere(ref, `$${walked.join('.')} has ${has}, but no "${key}"`);
    }
    value = inside.get(key);
    walked.push(key);
  }
  return value;
}

const undouble = (text: string): string => text.replaceAll('$$', '$');

const refLeadsNowhere = ({ name, path }: Ref, why: string) =>
  new Problem({
    code: 'unknown-ref',
    message: `$${[name, ...path].join('.')} leads nowhere: ${why}.`,
    exit: 1,
  });
