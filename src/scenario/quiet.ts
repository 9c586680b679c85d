import type { Census, LinkCount, LinkLoss } from '../protocol/census.ts';
import type { FaultInForce } from '../stack/stack.ts';
import {
  count,
  heldUp,
  type Look,
  overTwoRounds,
  type Quietness,
  type Round,
  runnable,
  touches,
  undelivered,
} from './rounds.ts';

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
  return overTwoRounds([first, second], (round) => look(round, users, faults), 'frames');
}

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

  const held = heldUp(round, faults);
  if (held !== undefined) return { is: 'blocked', because: held };
  const backendLinks = [...answers.backends.values()].flatMap((census) => census.links);
  const pageFrames = [...round.pages.values()].map(({ frames }) => frames);
  return {
    is: 'settled',
    print: JSON.stringify([[...answers.backends], answers.relays, [...answers.losses], [...round.pages]]),
    moved: count(
      backendLinks.reduce((all, link) => all + link.sent + link.received, 0) + total(pageFrames),
      'frame',
    ),
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

const total = (numbers: readonly number[]): number => numbers.reduce((all, n) => all + n, 0);
