import type { PositionDraft } from '../protocol/positions.ts';
import { checkNames } from './check-names.ts';
import { byPlace, type Complaint } from './complaint.ts';
import { headerSchema } from './header.ts';
import { isMap } from './is-map.ts';
import { complaintsOfIssues } from './issue-complaints.ts';
import { leavesFor, type Vocabulary } from './leaves.ts';
import { type BoundStep, parseStep, type StepParser } from './parse-step.ts';
import { backendsOf, friendsOf, limitsOf, positionsOf, usersOf } from './people.ts';
import { relayParts } from './reserved.ts';
import type { Scenario } from './scenario.ts';
import { kindOf } from './show.ts';
import { type Source, sourceOf } from './source.ts';
import type { SaidStep } from './topology-sense.ts';
import type { Verb, VerbInFile } from './verb.ts';
import { verbs } from './verbs/index.ts';
import { readYaml, type YamlTree } from './yaml-tree.ts';

/** A file is either a scenario, maybe with warnings, or everything that is wrong with it, sorted by place. */
export type Parsed =
  | { readonly ok: true; readonly scenario: Scenario; readonly warnings: readonly Complaint[] }
  | { readonly ok: false; readonly source: Source; readonly complaints: readonly Complaint[] };

/** Positions that a file can name without describing them, by name. */
export type Fixtures = ReadonlyMap<string, PositionDraft>;

/**
 * Parses a scenario file. Pure: `file` is only a name for sentences, `backends` are those that a configuration names.
 */
export function parseScenario(
  file: string,
  text: string,
  fixtures: Fixtures,
  backends: readonly string[] = [],
): Parsed {
  const source = sourceOf(file, text);
  const tree = readYaml(source);
  const complaints = [...tree.complaints];
  const scenario = tree.broken
    ? undefined
    : parseTree(source, tree, { fixtures, backends }, (one) => complaints.push(one));
  const sorted = byPlace(complaints);
  if (!scenario || sorted.some(({ severity }) => severity === 'error')) {
    return { ok: false, source, complaints: sorted };
  }
  return { ok: true, scenario, warnings: sorted };
}

function parseTree(
  source: Source,
  tree: YamlTree,
  { fixtures, backends }: { readonly fixtures: Fixtures; readonly backends: readonly string[] },
  complain: (complaint: Complaint) => void,
): Scenario | undefined {
  const raw = tree.value;
  if (!isMap(raw)) {
    const what = raw === null ? 'The file is empty' : `A scenario file is a map, not ${kindOf(raw)}`;
    const hint = 'It begins like this: "scenario: A share reaches the friend".';
    complain({ severity: 'error', ...tree.rangeOf([]), message: `${what}.`, hint });
    return undefined;
  }
  const header = headerSchema.safeParse(raw);
  const subject = { tree, at: [], of: 'a scenario file', noun: 'key', value: raw, schemas: [headerSchema] };
  const issues = header.error?.issues ?? [];
  for (const one of complaintsOfIssues(issues, subject)) complain(one);

  // Also of a header with mistakes, so that the steps are checked against what it does name.
  const users = usersOf(raw);
  const positions = positionsOf(raw, { tree, users, fixtures, complain });
  const friends = friendsOf(raw, { tree, users, complain });
  const commanded = backendsOf(raw, { tree, users, backends, complain });
  const vocabulary: Vocabulary = {
    users: users.map(({ name }) => name),
    parts: relayParts(headerSchema.shape.relays.safeParse(raw.relays).data ?? 1),
    positions: positions.map(({ name }) => name),
    fixtures: [...fixtures.keys()],
  };
  const leaves = leavesFor(vocabulary);
  const rawSteps = Array.isArray(raw.steps) ? raw.steps : [];
  const used = new Map<Verb, VerbInFile>();
  const inFile = (verb: Verb): VerbInFile => {
    const made = used.get(verb) ?? verb.inFile(leaves);
    used.set(verb, made);
    return made;
  };
  const said: SaidStep[] = [];
  const heard: StepParser['heard'] = (at, step) => said.push({ ...step, line: source.at(at).line });
  const parser = { tree, verbs, vocabulary, inFile, complain, heard };
  const steps: BoundStep[] = [];
  for (const [i, step] of rawSteps.entries()) {
    const bound = parseStep(step, ['steps', i], parser);
    if (bound) steps.push(bound);
  }
  const marked = checkNames({ tree, steps: rawSteps, vocabulary, complain });
  if (!header.success) return undefined;
  const { data } = header;
  return {
    name: data.scenario,
    source,
    users: users.map(({ name, acks }) => ({
      name,
      acks,
      friends: friends.get(name) ?? [],
      backend: commanded.get(name),
    })),
    positions,
    tags: data.tags ?? [],
    skip: data.skip,
    only: data.only ?? false,
    fails: data.fails,
    timeoutMs: data.timeout ?? 30_000,
    unexpected: data.unexpected ?? 'warn',
    seed: data.seed,
    limits: limitsOf(data),
    graceMs: data.grace ?? 300,
    sweepMs: data.sweep,
    topology: data.topology,
    relays: data.relays ?? 1,
    steps,
    said: said.toSorted((one, other) => one.line - other.line),
    marked,
  };
}
