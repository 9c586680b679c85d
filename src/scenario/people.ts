import type { BucketSettings } from '../protocol/limits.ts';
import { positionDraft } from '../protocol/positions.ts';
import type { Complaint } from './complaint.ts';
import type { Header } from './header.ts';
import { isMap } from './is-map.ts';
import { namePattern } from './leaves.ts';
import { didYouMean, listed, nearest } from './nearest.ts';
import type { Fixtures } from './parse.ts';
import type { ScenarioPosition } from './scenario.ts';
import type { Path, YamlTree } from './yaml-tree.ts';

type Raw = Readonly<Record<string, unknown>>;
type Users = readonly { readonly name: string; readonly acks: boolean }[];

interface Checking {
  readonly tree: YamlTree;
  readonly users: Users;
  readonly complain: (complaint: Complaint) => void;
}

/** The users that a header names well enough; the header's schema complains about the others. */
export function usersOf({ users }: Raw): Users {
  const named = Array.isArray(users)
    ? users.map((name: unknown): [unknown, unknown] => [name, {}])
    : Object.entries(isMap(users) ? users : {});
  const found = new Map<string, boolean>();
  for (const [name, settings] of named) {
    if (typeof name !== 'string' || !namePattern.test(name)) continue;
    found.set(name, !(isMap(settings) && settings.acks === false));
  }
  return [...found].map(([name, acks]) => ({ name, acks }));
}

/** Whom each user declares as friends. Complains about strangers. */
export function friendsOf({ friends }: Raw, checking: Checking): ReadonlyMap<string, readonly string[]> {
  const { users } = checking;
  const names = users.map(({ name }) => name);
  if (friends === 'everyone') {
    return new Map(names.map((name) => [name, names.filter((other) => other !== name)]));
  }
  const found = new Map<string, Set<string>>(names.map((name) => [name, new Set()]));
  const declare = (who: string, whom: string) => found.get(who)?.add(whom);
  if (Array.isArray(friends)) {
    for (const [i, pair] of friends.entries()) {
      if (!Array.isArray(pair)) continue;
      const [a, b] = pair.map((name: unknown, j) => known(name, ['friends', i, j], checking));
      if (a === undefined || b === undefined) continue;
      if (a === b) self(a, ['friends', i], checking);
      declare(a, b);
      declare(b, a);
    }
  } else if (isMap(friends)) {
    for (const [who, list] of Object.entries(friends)) {
      known(who, ['friends', who], checking, true);
      for (const [j, whom] of (Array.isArray(list) ? list : []).entries()) {
        const name = known(whom, ['friends', who, j], checking);
        if (name === who) self(who, ['friends', who, j], checking);
        else if (name !== undefined) declare(who, name);
      }
    }
  }
  return new Map([...found].map(([name, set]) => [name, [...set]]));
}

/** Whose backend is a command, by the name that a configuration gives it. Complains about names that it does not give. */
export function backendsOf(
  { users: raw }: Raw,
  { tree, users, backends, complain }: Checking & { readonly backends: readonly string[] },
): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const { name } of users) {
    const settings = isMap(raw) ? raw[name] : undefined;
    const backend = isMap(settings) ? settings.backend : undefined;
    if (typeof backend !== 'string') continue;
    found.set(name, backend);
    if (backends.includes(backend)) continue;
    complain({
      severity: 'error',
      ...tree.rangeOf(['users', name, 'backend']),
      message: `"${backend}" is no backend of your collab-dev.yaml.${didYouMean(backend, backends)}`,
      hint:
        backends.length === 0
          ? `Name it there: "backends: { ${backend}: { command: … } }".`
          : `There ${backends.length === 1 ? 'is' : 'are'} ${listed(backends)}.`,
    });
  }
  return found;
}

/** Who has which positions. Complains about strangers, unknown fixtures and names that are given twice. */
export function positionsOf(
  { positions }: Raw,
  checking: Checking & { readonly fixtures: Fixtures },
): ScenarioPosition[] {
  const { tree, complain, fixtures } = checking;
  const found: ScenarioPosition[] = [];
  const error = (range: { start: number; end: number }, message: string, hint?: string) =>
    complain({ severity: 'error', ...range, message, hint });
  const add = (owner: string, name: string, at: { start: number; end: number }, draft: unknown) => {
    const first = found.find((position) => position.name === name);
    const parsed = positionDraft.safeParse(draft);
    if (first) error(at, `"${name}" is given twice in this file: ${first.owner} has it already.`);
    // A draft that does not parse has its complaint from the header's schema; its name is known all the same.
    else found.push({ owner, name, draft: parsed.data ?? positionDraft.parse({ symbol: 'X' }) });
  };
  for (const [owner, list] of Object.entries(isMap(positions) ? positions : {})) {
    known(owner, ['positions', owner], checking, true);
    if (Array.isArray(list)) {
      for (const [i, name] of list.entries()) {
        if (typeof name !== 'string') continue;
        const range = tree.rangeOf(['positions', owner, i]);
        const draft = fixtures.get(name);
        if (!draft) {
          const near = didYouMean(name, fixtures.keys());
          const hint = `There are ${listed(fixtures.keys())}; a map describes one of your own.`;
          error(
            range,
            `"${name}" is no position among the fixtures.${near}`,
            fixtures.size > 0 ? hint : undefined,
          );
        }
        add(owner, name, range, draft);
        // Later lines may have it right: no second complaint about the same slip.
        const meant = draft ? undefined : nearest(name, fixtures.keys());
        if (meant !== undefined) add(owner, meant, range, fixtures.get(meant));
      }
    } else if (isMap(list)) {
      for (const [name, draft] of Object.entries(list)) {
        add(owner, name, tree.keyRangeOf(['positions', owner, name]), draft);
      }
    }
  }
  return found;
}

/** The limits that are said. */
export function limitsOf({
  limits,
}: Pick<Header, 'limits'>): Readonly<Record<string, BucketSettings>> | undefined {
  if (!limits) return undefined;
  return Object.fromEntries(Object.entries(limits).flatMap(([name, one]) => (one ? [[name, one]] : [])));
}

/** A user of the file, or undefined after a complaint; what is no text at all is the schema's business. */
function known(
  name: unknown,
  at: Path,
  { tree, users, complain }: Checking,
  ofKey = false,
): string | undefined {
  if (typeof name !== 'string') return undefined;
  const names = users.map((user) => user.name);
  if (names.includes(name)) return name;
  complain({
    severity: 'error',
    ...(ofKey ? tree.keyRangeOf(at) : tree.rangeOf(at)),
    message: `"${name}" is no user of this file.${didYouMean(name, names)}`,
    hint: names.length === 0 ? undefined : `There ${names.length === 1 ? 'is' : 'are'} ${listed(names)}.`,
  });
  return undefined;
}

function self(name: string, at: Path, { tree, complain }: Checking): void {
  complain({ severity: 'error', ...tree.rangeOf(at), message: `${name} is no friend of themselves.` });
}
