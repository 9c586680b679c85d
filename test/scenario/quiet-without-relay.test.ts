import { expect, test } from 'vitest';
import type { Census } from '../../src/protocol/census.ts';
import { quietnessWithoutRelay } from '../../src/scenario/quiet-without-relay.ts';
import type { Round } from '../../src/scenario/rounds.ts';
import type { FaultInForce } from '../../src/stack/stack.ts';

const censusOf = (change: Partial<Census> = {}): Census => ({
  links: [{ connection: 'alice to bob', user: 'alice', sent: 3, received: 3 }],
  runnable: { exchanges: 0 },
  parked: {},
  pages: [],
  ...change,
});
const round = (by: Readonly<Record<string, Census | undefined>>): Round => ({
  census: { by: new Map(Object.entries(by)) },
  pages: new Map(),
});
const users = ['alice', 'bob'];
const cut: FaultInForce = { id: 'cut-1', verb: 'cut', from: 'bob', to: 'everyone', both: true };
const judge = (first: Round, second = first, faults: readonly FaultInForce[] = []) =>
  quietnessWithoutRelay(first, second, users, faults);

const still = round({ alice: censusOf(), bob: censusOf({ links: [] }) });

test('two rounds without work and without a difference are quiet, and say what was counted', () => {
  expect(judge(still)).toEqual({ is: 'quiet', proof: 'quiet after 2 rounds, 3 exchanges on 1 link' });
});

test('an exchange under way, and one that was in between, are not', () => {
  const busy = round({ alice: censusOf({ runnable: { exchanges: 1 } }), bob: censusOf() });
  expect(judge(busy)).toEqual({ is: 'busy', because: 'alice has 1 exchanges to do' });
  const [link] = censusOf().links;
  const moved = round({
    alice: censusOf({ links: link ? [{ ...link, sent: 4, received: 4 }] : [] }),
    bob: censusOf({ links: [] }),
  });
  expect(judge(still, moved)).toMatchObject({
    is: 'busy',
    because: 'something moved between the two rounds',
  });
});

test('who cannot say what it does blocks, and so does work behind a fault', () => {
  expect(judge(round({ alice: censusOf(), bob: undefined }))).toMatchObject({ is: 'blocked' });
  const waiting = round({ alice: censusOf({ parked: { absent: 1 } }), bob: censusOf() });
  expect(judge(waiting)).toMatchObject({ is: 'quiet' });
  expect(judge(waiting, waiting, [cut])).toMatchObject({ is: 'blocked' });
});

test('who is up and not reached will be, unless a fault keeps them apart', () => {
  const apart = round({ alice: censusOf({ away: [{ from: 'alice', to: 'bob' }] }), bob: censusOf() });
  expect(judge(apart)).toEqual({ is: 'busy', because: 'alice has not reached bob' });
  expect(judge(apart, apart, [cut])).toMatchObject({ is: 'quiet' });
});
