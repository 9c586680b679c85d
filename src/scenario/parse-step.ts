import type { z } from 'zod';
import type { Complaint, Range } from './complaint.ts';
import { isMap } from './is-map.ts';
import { complaintsOfIssues } from './issue-complaints.ts';
import type { Vocabulary } from './leaves.ts';
import { didYouMean, listed, nearest } from './nearest.ts';
import { parseBody } from './parse-body.ts';
import { parseWho } from './parse-who.ts';
import { kindOf } from './show.ts';
import type { SaidStep } from './topology-sense.ts';
import type { LeaveBlock, RunStep, StepKind, Verb, VerbInFile } from './verb.ts';
import type { Path, YamlTree } from './yaml-tree.ts';

/** A step that can run: the runner knows no more of its verb than its kind. */
export interface BoundStep {
  /** As it stands in the file, in one line. */
  readonly text: string;
  readonly kind: StepKind;
  /** The verb and what it is about, where complaints about its running point. */
  readonly range: Range;
  readonly run: RunStep;
  readonly as: string | undefined;
  /** The scenario ends if this does not come true. */
  readonly must: boolean;
  /** The steps of a block: `run` comes before them. */
  readonly body: Body | undefined;
}

export interface Body {
  readonly steps: readonly BoundStep[];
  readonly times: number;
  readonly atOnce: boolean;
  readonly leave: LeaveBlock | undefined;
}

export interface StepParser {
  readonly tree: YamlTree;
  readonly verbs: readonly Verb[];
  readonly vocabulary: Vocabulary;
  /** A verb with the names of this file; made once for each verb that the file uses. */
  readonly inFile: (verb: Verb) => VerbInFile;
  readonly complain: (complaint: Complaint) => void;
  /** Gets each step as it was said, with where in the text its key stands. */
  readonly heard: (at: number, step: Omit<SaidStep, 'line'>) => void;
}

/** Reads one step: its one key, then the verb by its key, and then that verb's own schema. */
export function parseStep(raw: unknown, at: Path, parser: StepParser): BoundStep | undefined {
  const { tree, verbs } = parser;
  const error = (range: Range, message: string, hint?: string): undefined => {
    parser.complain({ severity: 'error', ...range, message, hint });
  };
  if (!isMap(raw)) {
    return error(
      tree.rangeOf(at),
      `A step is a map with one key, not ${kindOf(raw)}.`,
      'It looks like this: "- alice: { share: berlin-calls, with: bob }" or "- relay: kill".',
    );
  }
  const keys = Object.keys(raw);
  const [key, second] = keys.filter((one) => one !== 'do');
  if (key === undefined) return error(tree.rangeOf(at), 'A step needs a key: who does what.');
  if (second !== undefined) {
    const isIndent = raw[key] === null ? `If "${second}" belongs to ${key}, indent it further.` : undefined;
    return error(
      tree.keyRangeOf([...at, second]),
      `A step has exactly one key, and this one has ${listed(keys.map((one) => `"${one}"`))}.`,
      isIndent,
    );
  }
  const inside = [...at, key];
  const value = raw[key];
  const control = verbs.find((verb) => verb.form === 'control' && verb.name === key);
  const steps = parseBody(control, raw, at, parser);
  if (control) {
    return bindStep(control, { who: [], object: value, options: {} }, inside, inside, parser, steps);
  }
  if (keys.includes('do')) {
    const blocks = verbs.filter(({ block }) => block?.under === 'do').map(({ name }) => `"${name}"`);
    error(
      tree.keyRangeOf([...at, 'do']),
      `"do" belongs to a block, and "${key}" is none.`,
      `Blocks are ${listed(blocks)}.`,
    );
  }

  const who = parseWho(key, inside, parser);
  // Whoever it is, what they do has mistakes of its own.
  if (!who) return isMap(value) ? void parseAct(value, [], inside, parser) : undefined;
  if (typeof value === 'string') return parseWord(value, who, inside, parser);
  if (!isMap(value)) {
    return error(
      value === null || value === undefined ? tree.keyRangeOf(inside) : tree.rangeOf(inside),
      `${key} must be told what to do: a word or a map with a verb, not ${kindOf(value)}.`,
    );
  }
  return parseAct(value, who, inside, parser);
}

function parseWord(
  word: string,
  who: readonly string[],
  at: Path,
  parser: StepParser,
): BoundStep | undefined {
  const { tree, verbs, complain } = parser;
  const range = tree.rangeOf(at);
  const verb = verbs.find(({ form, name }) => form === 'word' && name === word);
  const isPart = who.some((name) => parser.vocabulary.parts.includes(name));
  if (verb && (!isPart || verb.ofRelay)) {
    return bindStep(verb, { who, object: undefined, options: {} }, at, at, parser);
  }
  const words = verbs.filter(({ form, ofRelay }) => form === 'word' && (!isPart || ofRelay));
  const other = verbs.find(({ form, name }) => form === 'map' && name === word);
  const known = words.map(({ name }) => name);
  const message = other
    ? `"${word}" needs to be told more.`
    : `"${word}" is nothing that ${listed(who)} can do.${didYouMean(word, known)}`;
  const hint = other
    ? `Like this: "- ${listed(who)}: { ${word}: … }".`
    : `There ${known.length === 1 ? 'is' : 'are'} ${listed(known)}.`;
  complain({ severity: 'error', ...range, message, hint });
  return undefined;
}

function parseAct(
  value: Readonly<Record<string, unknown>>,
  who: readonly string[],
  at: Path,
  parser: StepParser,
): BoundStep | undefined {
  const { tree, verbs } = parser;
  const error = (path: Path, message: string, hint?: string): undefined => {
    parser.complain({ severity: 'error', ...tree.keyRangeOf(path), message, hint });
  };
  const keys = Object.keys(value);
  const ofMap = verbs.filter(({ form }) => form === 'map');
  const said = ofMap.filter(({ name }) => keys.includes(name));
  const [verb, second] = said.toSorted((a, b) => keys.indexOf(a.name) - keys.indexOf(b.name));
  if (verb && second) {
    return error(
      [...at, second.name],
      `A step has exactly one verb, and this one has ${listed(said.map(({ name }) => `"${name}"`))}.`,
    );
  }
  if (!verb) {
    const names = ofMap.map(({ name }) => name);
    const word = keys.find((key) => verbs.some(({ form, name }) => form === 'word' && name === key));
    if (word !== undefined)
      return error([...at, word], `"${word}" is a word: write "- ${listed(who)}: ${word}".`);
    const typo = keys.find((key) => nearest(key, names) !== undefined) ?? keys[0];
    if (typo === undefined) return error(at, 'A step needs a verb.', `There are ${listed(names)}.`);
    return error(
      [...at, typo],
      `"${typo}" is no verb.${didYouMean(typo, names)}`,
      `There are ${listed(names)}.`,
    );
  }
  const part = who.find((name) => parser.vocabulary.parts.includes(name));
  if (part !== undefined) {
    return error(
      at,
      `${part === 'relay' ? 'The relay' : part} cannot ${verb.name}.`,
      `It can be told: ${listed(verbs.filter(({ ofRelay }) => ofRelay).map(({ name }) => name))}.`,
    );
  }
  const options = Object.fromEntries(Object.entries(value).filter(([key]) => key !== verb.name));
  return bindStep(verb, { who, object: value[verb.name], options }, at, [...at, verb.name], parser);
}

function bindStep(
  verb: Verb,
  raw: { who: readonly string[]; object: unknown; options: Readonly<Record<string, unknown>> },
  at: Path,
  objectAt: Path,
  parser: StepParser,
  steps?: readonly BoundStep[],
): BoundStep | undefined {
  const { tree, complain } = parser;
  const { schemas, bind } = parser.inFile(verb);
  const isList = verb.block?.under === 'itself';
  // Its steps have been parsed, and complained about, one by one.
  if (isList && !steps) return undefined;
  if (verb.discouraged) complain({ severity: 'warning', ...tree.keyRangeOf(at), ...verb.discouraged });
  const options = verb.form === 'control' && isMap(raw.object) ? raw.object : raw.options;
  if (typeof options.as === 'string' && raw.who.length > 1) {
    const message = `"as" names one thing, and ${listed(raw.who)} bring one each.`;
    complain({ severity: 'error', ...tree.keyRangeOf([...at, 'as']), message });
  }
  parser.heard(tree.keyRangeOf(at).start, {
    verb: verb.name,
    ...raw,
    text: isList ? verb.name : textOf(at, parser),
  });
  const bound = bind({ ...raw, isBlock: steps !== undefined });
  if ('run' in bound) {
    const key = tree.keyRangeOf(objectAt);
    const value = tree.rangeOf(objectAt);
    return {
      run: bound.run,
      kind: verb.kind,
      text: isList && steps ? `${verb.name}: ${steps.length} steps` : textOf(at, parser),
      range: isList ? key : { start: verb.form === 'word' ? value.start : key.start, end: value.end },
      as: typeof options.as === 'string' ? options.as : undefined,
      must: options.must === true,
      body: steps && {
        steps,
        times: bound.times ?? 1,
        atOnce: verb.block?.atOnce ?? false,
        leave: bound.leave,
      },
    };
  }
  const common = { tree, of: verb.name, noun: 'option' } as const;
  const ofObject = (schema: z.ZodType) =>
    complaintsOfIssues(bound.objectIssues, { ...common, at: objectAt, value: raw.object, schemas: [schema] });
  const ofOptions = (schema: z.ZodType) =>
    complaintsOfIssues(bound.optionIssues, { ...common, at, value: raw.options, schemas: [schema] }).map(
      (one) =>
        // "share needs …" points at the verb, not at who does it.
        one.message.startsWith(`${verb.name.charAt(0).toUpperCase()}${verb.name.slice(1)} needs "`)
          ? { ...one, ...tree.keyRangeOf(objectAt) }
          : one,
    );
  for (const complaint of schemas.object ? ofObject(schemas.object) : []) complain(complaint);
  for (const complaint of schemas.options ? ofOptions(schemas.options) : []) complain(complaint);
  return undefined;
}

/** The step as it stands in the file, from its key on, in one line. */
function textOf(at: Path, { tree }: StepParser): string {
  const key = tree.keyRangeOf(at);
  return tree
    .textOf({ start: key.start, end: tree.rangeOf(at).end })
    .replace(/\s*(#.*)?\n\s*/g, ' ')
    .trimEnd();
}
