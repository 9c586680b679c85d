import { describe, expect, test } from 'vitest';
import type { Census } from '../../src/protocol/census.ts';
import { quietness } from '../../src/scenario/quiet.ts';
import type { PageCount, Round } from '../../src/scenario/rounds.ts';
import type { FaultInForce } from '../../src/stack/stack.ts';

const nothing: Census = { links: [], runnable: {}, parked: {}, pages: [] };
const link = (user: string, sent: number, received: number) => ({
  connection: `c-${user}`,
  user,
  sent,
  received,
});
const cut: FaultInForce = { id: 'f', verb: 'cut', from: 'bob', to: 'relay', both: true };

/** Alice and bob are connected and everything that was sent has arrived; each page has its two frames. */
function aRound(
  overrides: Record<string, Partial<Census> | undefined> = {},
  pages: Record<string, PageCount> = {},
): Round {
  const usual: Record<string, Census> = {
    relay: { ...nothing, links: [link('alice', 3, 2), link('bob', 4, 1)] },
    alice: { ...nothing, links: [link('alice', 2, 3)], pages: [{ connection: 'p', sent: 2 }] },
    bob: { ...nothing, links: [link('bob', 1, 4)], pages: [{ connection: 'p', sent: 2 }] },
    links: nothing,
  };
  const by = new Map(
    Object.entries(usual).map(([name, census]) => {
      const over = name in overrides ? overrides[name] : {};
      return [name, over && { ...census, ...over }] as const;
    }),
  );
  const page = { connection: 'p', frames: 2 };
  return { census: { by }, pages: new Map(Object.entries({ alice: page, bob: page, ...pages })) };
}

const decide = (first: Round, second = first, faults: FaultInForce[] = []) =>
  quietness(first, second, ['alice', 'bob'], faults);

describe('quiet', () => {
  test('is two equal rounds with matching sums and nothing runnable, and says so', () => {
    expect(decide(aRound())).toEqual({ is: 'quiet', proof: 'quiet after 2 rounds, 14 frames on 4 links' });
  });

  test('is not there while something is runnable, in either round', () => {
    const busy = aRound({ alice: { runnable: { fetch: 1 } } });
    expect(decide(busy)).toEqual({ is: 'busy', because: 'alice has 1 fetch to do' });
    expect(decide(aRound(), busy)).toMatchObject({ is: 'busy' });
  });

  test('is not there while a frame is on its way, in either direction', () => {
    const toBob = aRound({ bob: { links: [link('bob', 1, 3)] } });
    expect(decide(toBob)).toEqual({ is: 'busy', because: 'bob has received 3 of 4 frames from the relay' });
    const fromBob = aRound({ bob: { links: [link('bob', 2, 4)] } });
    expect(decide(fromBob)).toEqual({ is: 'busy', because: 'the relay has received 1 of 2 frames from bob' });
  });

  test('counts what a fault has swallowed or added on a link as neither sent nor lost', () => {
    const losses = [{ connection: 'c-bob', from_relay: 1, to_relay: -1 }];
    const lossy = { links: { ...nothing, losses }, bob: { links: [link('bob', 0, 3)] } };
    const round = aRound(lossy);
    expect(decide(round)).toMatchObject({ is: 'quiet' });
    const late = aRound({ ...lossy, bob: { links: [link('bob', 0, 2)] } });
    expect(decide(late)).toEqual({ is: 'busy', because: 'bob has received 2 of 3 frames from the relay' });
  });

  test('is not there while a page waits for a frame', () => {
    const late = aRound({}, { bob: { connection: 'p', frames: 1 } });
    expect(decide(late)).toEqual({ is: 'busy', because: "bob's page has received 1 of 2 frames" });
    const other = aRound({}, { bob: { connection: 'q', frames: 2 } });
    expect(decide(other)).toEqual({ is: 'busy', because: "bob's backend has not got bob's page" });
  });

  test('is not there if frames moved between two rounds that each look settled', () => {
    const later = aRound({
      relay: { links: [link('alice', 4, 3), link('bob', 4, 1)] },
      alice: { links: [link('alice', 3, 4)] },
    });
    expect(decide(aRound(), later)).toEqual({ is: 'busy', because: 'frames moved between the two rounds' });
  });

  test('waits for a backend that is not connected, unless a cut keeps it away', () => {
    const away = aRound({ relay: { links: [link('alice', 3, 2)] }, bob: { links: [] } });
    expect(decide(away)).toEqual({ is: 'busy', because: 'bob is not connected to the relay' });
    expect(decide(away, away, [cut])).toMatchObject({ is: 'quiet' });
    expect(decide(away, away, [{ ...cut, from: 'alice', to: 'bob' }])).toMatchObject({ is: 'busy' });
    const half = aRound({ relay: { links: [link('alice', 3, 2)] } });
    expect(decide(half)).toEqual({ is: 'busy', because: "the relay has not got bob's connection" });
    const stale = aRound({ bob: { links: [] } });
    expect(decide(stale)).toEqual({ is: 'busy', because: 'the relay still holds a connection of bob' });
  });

  test('is out of reach while work is parked behind a fault, and not where it is parked for a stranger', () => {
    const parked = aRound({ alice: { parked: { events: 1 } } });
    expect(decide(parked)).toMatchObject({ is: 'quiet' });
    expect(decide(parked, parked, [cut])).toEqual({
      is: 'blocked',
      because: 'alice has 1 events waiting, and a cut is in force between bob and relay',
    });
  });

  test('is out of reach while a process cannot report', () => {
    expect(decide(aRound({ bob: undefined }))).toEqual({
      is: 'blocked',
      because: 'bob cannot say what it has under way',
    });
    expect(decide(aRound({ relay: undefined }))).toMatchObject({ is: 'blocked' });
  });
});
