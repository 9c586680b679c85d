import { z } from 'zod';
import type { Complaint } from './complaint.ts';
import { didYouMean, listed, nearest } from './nearest.ts';
import { kindOf, show } from './show.ts';
import type { Path, YamlTree } from './yaml-tree.ts';

type Issue = z.core.$ZodIssue;

/** What the issues of one schema are about. */
export interface IssueSubject {
  readonly tree: YamlTree;
  /** Where the parsed value stands in the file. */
  readonly at: Path;
  /** For "… is not an option of share": `share`, `a scenario file`. */
  readonly of: string;
  /** What a key is called: `option`, `key`. */
  readonly noun: string;
  readonly value: unknown;
  /** The schema, or those branches of a union that are still possible. */
  readonly schemas: readonly unknown[];
}

/** A schema's issues as complaints about the file: in its words, each under the exact characters. */
export function complaintsOfIssues(issues: readonly Issue[], subject: IssueSubject): Complaint[] {
  const meant = new Set(issues.flatMap((issue) => meantBy(issue, subject)));
  return issues
    .filter(({ path }) => !meant.has(keyOf(pathOf(path))))
    .flatMap((issue) => complaintsOfIssue(issue, subject));
}

/** The keys that misspelt ones were meant to be: that those are missing is the same slip, and said once. */
function meantBy(issue: Issue, { value, schemas }: IssueSubject): string[] {
  if (issue.code !== 'unrecognized_keys') return [];
  const inside = pathOf(issue.path);
  return issue.keys.flatMap((key) => {
    const near = nearest(key, keysAt(schemas, inside));
    if (near === undefined || valueAt(value, [...inside, near]) !== undefined) return [];
    return [keyOf([...inside, near])];
  });
}

const keyOf = (path: Path): string => JSON.stringify(path);

function complaintsOfIssue(issue: Issue, subject: IssueSubject): Complaint[] {
  const { tree } = subject;
  const inside = pathOf(issue.path);
  const path = [...subject.at, ...inside];
  const say = (message: string, hint?: string, ofKey = false): Complaint[] => [
    { severity: 'error', ...(ofKey ? tree.keyRangeOf(path) : tree.rangeOf(path)), message, hint },
  ];
  const value = valueAt(subject.value, inside);

  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => ({
        severity: 'error',
        ...tree.keyRangeOf([...path, key]),
        ...aboutKey(key, inside, subject),
      }));
    case 'invalid_key': {
      const [why] = issue.issues;
      return say(sentence(`"${String(issue.path.at(-1))}"`, why?.message ?? 'is no name'), undefined, true);
    }
    case 'invalid_union':
      return ofUnion(issue, subject, path, value, say);
    case 'invalid_value': {
      if (value === undefined) return missing(inside, subject);
      if (!issue.message.startsWith('Invalid')) return say(sentence(nameOf(inside, subject), issue.message));
      const words = issue.values.map(String);
      const near = typeof value === 'string' ? didYouMean(value, words) : '';
      if (words.length === 1)
        return say(`${nameOf(inside, subject)} can only be ${words[0]}, not ${show(value)}.`);
      return say(`${show(value)} is none of ${listed(words, 'or')}.${near}`);
    }
    case 'custom': {
      const { hint, ofKey } = issue.params ?? {};
      const text = sentence(nameOf(inside, subject), issue.message);
      return say(text, typeof hint === 'string' ? hint : undefined, ofKey === true);
    }
    case 'invalid_type':
      if (value === undefined && inside.length > 0) return missing(inside, subject);
      if (!issue.message.startsWith('Invalid')) {
        const hint = issue.message.includes('a duration') ? unitHint(value) : undefined;
        return say(sentence(nameOf(inside, subject), issue.message), hint);
      }
      return say(
        `${nameOf(inside, subject)} must be ${expectedWords(issue.expected)}, not ${kindOf(value)}.`,
        issue.expected === 'string' ? quoteHint(tree, path, value) : undefined,
      );
    default:
      return say(sentence(nameOf(inside, subject), issue.message));
  }
}

/** Of a union's branches, the one that fits the kind of the value speaks; else all are named. */
function ofUnion(
  issue: Extract<Issue, { code: 'invalid_union' }>,
  subject: IssueSubject,
  path: Path,
  value: unknown,
  say: (message: string, hint?: string) => Complaint[],
): Complaint[] {
  const inside = pathOf(issue.path);
  if (value === undefined) return missing(inside, subject);
  const isKindMismatch = (one: Issue): boolean =>
    one.path.length === 0 &&
    (one.code === 'invalid_type' || (one.code === 'invalid_value' && typeof value !== 'string'));
  const fitting = issue.errors.filter((branch) => !branch.some(isKindMismatch));
  // A word that is none of a union's literals and no name either: the branch with the better sentence speaks.
  const speaking = fitting.find((branch) => branch.some((one) => one.code === 'custom')) ?? fitting[0];
  if (speaking) {
    const atRoot = speaking.every((one) => one.path.length === 0 && one.code !== 'unrecognized_keys');
    if (atRoot && !issue.message.startsWith('Invalid'))
      return say(sentence(nameOf(inside, subject), issue.message));
    const schemas = schemasAt(subject.schemas, inside);
    return complaintsOfIssues(speaking, {
      ...subject,
      at: path,
      value,
      schemas,
      of: deeper(inside, subject),
    });
  }
  const kinds = issue.errors.flatMap((branch) =>
    branch.flatMap((one) => (one.code === 'invalid_type' ? [expectedWords(one.expected)] : [])),
  );
  const hint = kinds.includes('text') ? quoteHint(subject.tree, path, value) : undefined;
  return say(
    `${nameOf(inside, subject)} must be ${listed(new Set(kinds), 'or')}, not ${kindOf(value)}.`,
    hint,
  );
}

function missing(inside: Path, { tree, at, of }: IssueSubject): Complaint[] {
  const parent = [...at, ...inside.slice(0, -1)];
  const range = parent.length === 0 ? { start: 0, end: 1 } : tree.keyRangeOf(parent);
  return [{ severity: 'error', ...range, message: `${capital(of)} needs "${String(inside.at(-1))}".` }];
}

function aboutKey(key: string, inside: Path, subject: IssueSubject): Pick<Complaint, 'message' | 'hint'> {
  const of = inside.length === 0 ? subject.of : `"${String(inside.at(-1))}"`;
  const known = keysAt(subject.schemas, inside);
  return {
    message: `"${key}" is not ${article(inside.length === 0 ? subject.noun : 'key')} of ${of}.${didYouMean(key, known)}`,
    hint:
      known.length === 0 || known.length > 14
        ? undefined
        : `There ${known.length === 1 ? 'is' : 'are'} ${listed(known)}.`,
  };
}

/** The keys that objects of a schema have at a path. */
function keysAt(schemas: readonly unknown[], path: Path): string[] {
  const keys = schemasAt(schemas, path).flatMap((schema) => {
    if (schema instanceof z.ZodObject) return Object.keys(schema.shape);
    return schema instanceof z.ZodRecord && schema.keyType instanceof z.ZodEnum
      ? schema.keyType.options.map(String)
      : [];
  });
  return [...new Set(keys)];
}

function schemasAt(schemas: readonly unknown[], path: Path): unknown[] {
  const here = schemas.flatMap(bare);
  const [key, ...rest] = path;
  if (key === undefined) return here;
  const inside = here.flatMap((schema): unknown[] => {
    if (schema instanceof z.ZodObject) return [schema.shape[String(key)]];
    if (schema instanceof z.ZodArray) return [schema.element];
    return schema instanceof z.ZodRecord ? [schema.valueType] : [];
  });
  return schemasAt(inside, rest);
}

/** Without what only wraps a schema; a union is its branches. */
function bare(schema: unknown): unknown[] {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodNullable) {
    return bare(schema.unwrap());
  }
  if (schema instanceof z.ZodPipe) return bare(schema.in);
  return schema instanceof z.ZodUnion ? schema.options.flatMap(bare) : [schema];
}

/** What a value is called in a sentence: `"until"`, `"with", item 2,`; the subject itself without a key. */
function nameOf(inside: Path, { of, at }: IssueSubject): string {
  const key =
    inside.findLast((part) => typeof part === 'string') ?? (inside.length > 0 ? at.at(-1) : undefined);
  const index = inside.at(-1);
  if (key === undefined) return `"${of}"`;
  return typeof index === 'number' ? `Item ${index + 1} of "${key}"` : `"${key}"`;
}

const deeper = (inside: Path, { of }: IssueSubject): string => {
  const key = inside.findLast((part) => typeof part === 'string');
  return key === undefined ? of : String(key);
};

/** A message is a whole sentence, or a predicate that needs its subject. */
function sentence(subject: string, message: string): string {
  const colon = /^(a|an|the) /.test(message) ? ':' : '';
  const whole = /^[A-Z"$]/.test(message) ? message : `${subject}${colon} ${message}`;
  return /[.?!]$/.test(whole) ? whole : `${whole}.`;
}

/** YAML reads `007` as a number and nothing as null: the text that was typed wants quotes. */
function quoteHint(tree: YamlTree, path: Path, value: unknown): string | undefined {
  const typed = tree.typedAt(path);
  if (typeof value !== 'number' && typeof value !== 'boolean') return undefined;
  return `YAML reads ${typed ?? String(value)} as ${kindOf(value)}; as text it is written "${typed ?? String(value)}".`;
}

const unitHint = (value: unknown): string | undefined =>
  typeof value === 'number' ? `Is it ${value}ms or ${value}s?` : undefined;

function expectedWords(expected: string): string {
  const words: Readonly<Record<string, string>> = {
    string: 'text',
    array: 'a list',
    tuple: 'a list of two',
    object: 'a map',
    record: 'a map',
    number: 'a number',
    int: 'a whole number',
    boolean: 'true or false',
  };
  return words[expected] ?? expected;
}

const pathOf = (path: readonly PropertyKey[]): (string | number)[] =>
  path.map((part) => (typeof part === 'number' ? part : String(part)));

function valueAt(value: unknown, path: Path): unknown {
  let at = value;
  for (const key of path) {
    if (Array.isArray(at)) at = at[Number(key)];
    else if (typeof at === 'object' && at !== null) at = new Map(Object.entries(at)).get(String(key));
    else return undefined;
  }
  return at;
}

const article = (noun: string): string => `${/^[aeiou]/.test(noun) ? 'an' : 'a'} ${noun}`;
const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
