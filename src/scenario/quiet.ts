import type { Census, LinkCount, LinkLoss } from '../protocol/census.ts';
import type { CensusRound, FaultInForce } from '../stack/stack.ts';

/** What one of the harness's page sockets got; `connection` is absent where the backend gave it no name. */
export interface PageCount {
  readonly connection: string | undefined;
  readonly frames: number;
}

/** One look at everything: the census of the processes, and what the harness's own page sockets have got. */
export interface Round {
  readonly census: CensusRound;
  /** By user; absent where the page is not connected. */
  readonly pages: ReadonlyMap<string, PageCount>;
}

export type Quietness =
  | { readonly is: 'quiet'; readonly proof: string }
  /** Something can still happen by itself. */
  | { readonly is: 'busy'; readonly because: string }
  /** It can't become quiet as things stand, or nobody can tell. */
  | { readonly is: 'blocked'; readonly because: string };

/** Answers to a census, by the process; the relay's are apart because the backends' are held against them. */
interface Answers {
  /** Of each node. A connection to one that does not answer is a connection that the relay has not got. */
  readonly relays: readonly Census[];
  readonly backends: ReadonlyMap<string, Census>;
  /** What faults have done to the sums, by connection. */
  readonly losses: ReadonlyMap<string, LinkLoss>;
}

/**
 * Decides over two rounds, the second of which was begun after the first had ended: nothing is under way if the sums
 * of each connection agree at both of its ends in both rounds, nothing moved between them, and nothing is runnable
 * (Mattern's four counters, "Algorithms for distributed termination detection", 1987, by connection).
 */
export function quietness(
  first: Round,
  second: Round,
  users: readonly string[],
  faults: readonly FaultInForce[],
): Quietness {
  const before = look(first, users, faults);
  if (before.is !== 'settled') return before;
  const after = look(second, users, faults);
  if (after.is !== 'settled') return after;
  if (before.print !== after.print) return { is: 'busy', because: 'frames moved between the two rounds' };
  const links = count(after.links, 'link');
  return { is: 'quiet', proof: `quiet after 2 rounds, ${count(after.frames, 'frame')} on ${links}` };
}

type Look =
  | { readonly is: 'settled'; readonly print: string; readonly frames: number; readonly links: number }
  | { readonly is: 'busy' | 'blocked'; readonly because: string };

function look(round: Round, users: readonly string[], faults: readonly FaultInForce[]): Look {
  const answers = collect(round, users);
  const silent = answers ? undefined : silentOf(round, users);
  if (!answers) {
    return { is: 'blocked', because: `${silent ?? 'a process'} cannot say what it has under way` };
  }
  const busy =
    runnable(round) ??
    unequal(answers) ??
    undelivered(round, (user) => answers.backends.get(user)?.pages ?? []);
  if (busy !== undefined) return { is: 'busy', because: busy };

  const away = users.find(
    (user) =>
      answers.backends.get(user)?.links.length === 0 &&
      !faults.some((fault) => touches(fault, user) && touches(fault, 'relay')),
  );
  if (away !== undefined) return { is: 'busy', because: `${away} is not connected to the relay` };

  const fault = faults[0];
  const parked = [...round.census.by].find(([, census]) => census && sum(census.parked) > 0);
  if (fault && parked) {
    const [name, census] = parked;
    const work = Object.entries(census?.parked ?? {}).find(([, n]) => n > 0);
    return {
      is: 'blocked',
      because: `${name} has ${work?.[1]} ${work?.[0]} waiting, and a ${fault.verb} is in force between ${fault.from} and ${fault.to}`,
    };
  }
  const backendLinks = [...answers.backends.values()].flatMap((census) => census.links);
  const pageFrames = [...round.pages.values()].map(({ frames }) => frames);
  return {
    is: 'settled',
    print: JSON.stringify([[...answers.backends], answers.relays, [...answers.losses], [...round.pages]]),
    frames: backendLinks.reduce((all, link) => all + link.sent + link.received, 0) + total(pageFrames),
    links: backendLinks.length + pageFrames.length,
  };
}

function collect({ census }: Round, users: readonly string[]): Answers | undefined {
  const relays = [...census.by].flatMap(([name, answer]) => (isNode(name) && answer ? [answer] : []));
  if (relays.length === 0) return undefined;
  const backends = new Map<string, Census>();
  for (const user of users) {
    const answer = census.by.get(user);
    if (!answer) return undefined;
    backends.set(user, answer);
  }
  const losses = [...census.by.values()].flatMap((answer) => answer?.losses ?? []);
  return { relays, backends, losses: new Map(losses.map((loss) => [loss.connection, loss])) };
}

const isNode = (name: string): boolean => /^relay(\.\d+)?$/.test(name);

function silentOf({ census }: Round, users: readonly string[]): string | undefined {
  const isSilent = (name: string) => census.by.get(name) === undefined;
  return [...census.by.keys()].every((name) => !isNode(name) || isSilent(name))
    ? 'relay'
    : users.find(isSilent);
}

export function runnable({ census }: Round): string | undefined {
  for (const [name, answer] of census.by) {
    const work = Object.entries(answer?.runnable ?? {}).find(([, n]) => n > 0);
    if (work) return `${name} has ${work[1]} ${work[0]} to do`;
  }
  return undefined;
}

/** A connection that only one end knows, or whose sums differ. */
function unequal({ relays, backends, losses }: Answers): string | undefined {
  const atRelay = new Map(relays.flatMap(({ links }) => links).map((link) => [link.connection, link]));
  for (const [user, { links }] of backends) {
    for (const link of links) {
      const other = atRelay.get(link.connection);
      atRelay.delete(link.connection);
      if (!other) return `the relay has not got ${user}'s connection`;
      const gap = difference(user, other, link, losses.get(link.connection));
      if (gap !== undefined) return gap;
    }
  }
  const [left] = atRelay.values();
  return left && `the relay still holds a connection of ${left.user}`;
}

function difference(
  user: string,
  relay: LinkCount,
  backend: LinkCount,
  loss: LinkLoss | undefined,
): string | undefined {
  const toUser = relay.sent - (loss?.from_relay ?? 0);
  const toRelay = backend.sent - (loss?.to_relay ?? 0);
  if (toUser !== backend.received) {
    return `${user} has received ${backend.received} of ${toUser} frames from the relay`;
  }
  if (toRelay !== relay.received) {
    return `the relay has received ${relay.received} of ${toRelay} frames from ${user}`;
  }
  return undefined;
}

/** Our page socket is one of the backend's; a real page beside it does not matter. */
export function undelivered(
  { pages }: Round,
  pagesOf: (user: string) => Census['pages'],
): string | undefined {
  for (const [user, { connection, frames }] of pages) {
    const ends = pagesOf(user).filter((page) => connection === undefined || page.connection === connection);
    if (ends.some(({ sent }) => sent === frames)) continue;
    const sent = ends[0]?.sent;
    return sent === undefined
      ? `${user}'s backend has not got ${user}'s page`
      : `${user}'s page has received ${frames} of ${sent} frames`;
  }
  return undefined;
}

export const touches = (fault: FaultInForce, name: string): boolean =>
  fault.from === name || fault.to === name;
const total = (numbers: readonly number[]): number => numbers.reduce((all, n) => all + n, 0);
export const sum = (work: Readonly<Record<string, number>>): number => total(Object.values(work));
export const count = (n: number, noun: string): string => `${n} ${noun}${n === 1 ? '' : 's'}`;
