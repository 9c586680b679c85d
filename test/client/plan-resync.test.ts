import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { contentDigest } from '../../src/client/content-digest.ts';
import {
  type Holding,
  type Holdings,
  type Offer,
  planResync,
  type ResyncAction,
} from '../../src/client/plan-resync.ts';
import { type CommentId, commentId, type PositionId, positionId, shareId } from '../../src/protocol/ids.ts';

const [berlin, rome] = [positionId.parse('berlin'), positionId.parse('rome')];
const [first, second] = [shareId.parse('s1'), shareId.parse('s2')];
const c = (id: string) => commentId.parse(id);

const aHolding = (changes: Partial<Holding> = {}): Holding => ({
  position: berlin,
  share: first,
  version: 3,
  digest: 'three',
  wanted: undefined,
  comments: [{ id: c('c1'), mine: undefined }],
  ...changes,
});
const anOffer = (changes: Partial<Offer> = {}): Offer => ({
  position: berlin,
  share: first,
  version: 3,
  digest: 'three',
  comments: [c('c1')],
  ...changes,
});
const holding = (positions: readonly Holding[], ended = [] as readonly (typeof first)[]): Holdings => ({
  positions,
  ended: new Set(ended),
});

function plan(
  held: readonly Holding[],
  offers: readonly Offer[],
  { before = holding(held), now = holding(held), moved = [] as readonly PositionId[] } = {},
) {
  return planResync({ before, now, offers, moved: new Set(moved) });
}

describe("bob compares alice's shares with what he holds", () => {
  test('and does nothing where they agree', () => {
    expect(plan([aHolding()], [anOffer()])).toEqual({ actions: [], again: false });
  });

  test.each([
    ['lacks', undefined, {}],
    ['has in an older version', {}, { version: 4 }],
    ['has in a version that she has gone back from', {}, { version: 2 }],
    ['has in a version of the same number and other content', {}, { digest: 'other' }],
    ['has under another grant', {}, { share: second }],
    ['has without a comment', {}, { comments: [c('c1'), c('c2')] }],
    ['only has a place for', { version: undefined, digest: undefined, comments: [] }, {}],
    ['fetches in a version that she does not have', { wanted: 9 }, {}],
  ])('and fetches what he %s', (_, held, offered) => {
    const offer = anOffer(offered);
    expect(plan(held ? [aHolding(held)] : [], [offer])).toEqual({
      actions: [{ do: 'fetch', offer }],
      again: false,
    });
  });

  test('and leaves a fetch alone that is under way', () => {
    const place = aHolding({ version: undefined, digest: undefined, wanted: 3, comments: [] });
    expect(plan([place], [anOffer()]).actions).toEqual([]);
  });

  test('and removes what she does not share', () => {
    expect(plan([aHolding()], []).actions).toEqual([{ do: 'remove', position: berlin }]);
  });

  test('and forgets comments of others that she lacks, and sends his own again that she had acknowledged', () => {
    const comments = [
      { id: c('c1'), mine: undefined },
      { id: c('theirs'), mine: undefined },
      { id: c('mine'), mine: 'sent' },
      { id: c('waiting'), mine: 'waiting' },
    ] as const;
    expect(plan([aHolding({ comments })], [anOffer()]).actions).toEqual([
      { do: 'forget', position: berlin, comments: ['theirs'] },
      { do: 'send-again', position: berlin, comments: ['mine'] },
    ]);
  });

  test('and decides nothing about what moved while the answer was under way', () => {
    const later = [aHolding({ version: 4 })];
    expect(plan(later, [anOffer()], { before: holding([aHolding()]) })).toEqual({ actions: [], again: true });
    expect(plan(later, [], { before: holding([]) })).toEqual({ actions: [], again: true });
    expect(plan([], [anOffer()], { before: holding([aHolding()]) })).toEqual({ actions: [], again: true });
    expect(plan([aHolding()], [anOffer({ version: 9 })], { moved: [berlin] })).toEqual({
      actions: [],
      again: true,
    });
    const others = plan([aHolding(), aHolding({ position: rome })], [], { moved: [rome] });
    expect(others).toEqual({ actions: [{ do: 'remove', position: berlin }], again: true });
  });

  test('and believes her about a grant that had ended, but not if it ended only now', () => {
    const offer = anOffer();
    const ended = holding([], [first]);
    expect(plan([], [offer], { before: ended, now: ended }).actions).toEqual([{ do: 'fetch', offer }]);
    expect(plan([], [offer], { before: holding([]), now: ended })).toEqual({ actions: [], again: true });
  });

  test('and takes a backend that names no grants and makes no digests as it is', () => {
    const bare = { share: undefined, digest: undefined };
    expect(plan([aHolding()], [anOffer(bare)]).actions).toEqual([]);
    expect(plan([aHolding(bare)], [anOffer()]).actions).toEqual([]);
  });
});

const ids = fc.constantFrom('berlin', 'rome', 'oslo').map((id) => positionId.parse(id));
const comments = fc.uniqueArray(fc.constantFrom('c1', 'c2', 'c3', 'c4').map(c));
const version = fc.integer({ min: 1, max: 4 });
const share = fc.constantFrom('s1', 's2', 's3').map((id) => shareId.parse(id));
const digest = fc.constantFrom('x', 'y');
const offers = fc.uniqueArray(fc.record({ position: ids, share, version, digest, comments }), {
  selector: ({ position }) => position,
});
const wanted = fc.option(version, { nil: undefined });
const thread = comments.chain((all) =>
  fc.tuple(
    ...all.map((id) =>
      fc.record({ id: fc.constant(id), mine: fc.constantFrom(undefined, 'waiting', 'sent') }),
    ),
  ),
);
const copy = fc.record({ position: ids, share, version, digest, wanted, comments: thread });
const place = fc.record({
  position: ids,
  share,
  version: fc.constant(undefined),
  digest: fc.constant(undefined),
  wanted: version,
  comments: fc.constant([]),
});
const holdings = fc.record({
  positions: fc.uniqueArray(fc.oneof(copy, place), { selector: ({ position }) => position }),
  ended: fc.uniqueArray(share).map((all) => new Set(all)),
});

/** What bob holds after he did all of it, and alice answered his fetches and took his comments. */
function carriedOut(
  before: Holdings,
  actions: readonly ResyncAction[],
  owner: Map<PositionId, Offer>,
): Holdings {
  const held = new Map(before.positions.map((one) => [one.position, one]));
  const take = (position: PositionId, gone: readonly CommentId[]) => {
    const one = held.get(position);
    if (one) held.set(position, { ...one, comments: one.comments.filter(({ id }) => !gone.includes(id)) });
  };
  for (const action of actions) {
    if (action.do === 'remove') held.delete(action.position);
    else if (action.do === 'forget') take(action.position, action.comments);
    else if (action.do === 'send-again') {
      const offer = owner.get(action.position);
      if (offer) owner.set(offer.position, { ...offer, comments: [...offer.comments, ...action.comments] });
    } else {
      const { comments: theirs, ...offer } = action.offer;
      const mine = new Map(held.get(offer.position)?.comments.map((one) => [one.id, one]));
      for (const id of theirs) if (!mine.has(id)) mine.set(id, { id, mine: undefined });
      held.set(offer.position, { ...offer, wanted: undefined, comments: [...mine.values()] });
    }
  }
  // What was being fetched anyway has come, too.
  for (const [position, one] of held) {
    const offer = owner.get(position);
    if (one.version === undefined && offer) {
      held.set(position, {
        ...one,
        ...offer,
        wanted: undefined,
        comments: offer.comments.map((id) => ({ id, mine: undefined })),
      });
    }
  }
  return { ...before, positions: [...held.values()] };
}

test('after one comparison nothing differs but comments that are on their way', () => {
  fc.assert(
    fc.property(holdings, offers, (held, offered) => {
      const owner = new Map(offered.map((offer) => [offer.position, offer]));
      const { actions, again } = planResync({ before: held, now: held, offers: offered, moved: new Set() });
      expect(again).toBe(false);
      const after = carriedOut(held, actions, owner);
      for (const { position, share: grant, version: v, digest: d, comments: all } of after.positions) {
        const there = owner.get(position);
        expect({ position, share: grant, version: v, digest: d }).toEqual({
          position,
          share: there?.share,
          version: there?.version,
          digest: there?.digest,
        });
        const arrived = all.filter(({ id, mine }) => mine !== 'waiting' || there?.comments.includes(id));
        expect(arrived.map(({ id }) => id).sort()).toEqual([...(there?.comments ?? [])].sort());
      }
      expect(after.positions.map(({ position }) => position).sort()).toEqual([...owner.keys()].sort());
      const second = planResync({ before: after, now: after, offers: [...owner.values()], moved: new Set() });
      expect(second).toEqual({ actions: [], again: false });
    }),
    { numRuns: 1000 },
  );
});

test('whatever moved meanwhile is left alone, and nothing else', () => {
  fc.assert(
    fc.property(holdings, holdings, offers, fc.uniqueArray(ids), (before, now, offered, moved) => {
      const { actions, again } = planResync({ before, now, offers: offered, moved: new Set(moved) });
      const touched = new Set(actions.map((one) => (one.do === 'fetch' ? one.offer.position : one.position)));
      const then = new Map(before.positions.map((one) => [one.position, one]));
      const changed = new Set(moved);
      for (const one of now.positions) {
        try {
          expect(one).toEqual(then.get(one.position));
        } catch {
          changed.add(one.position);
        }
        then.delete(one.position);
      }
      for (const gone of then.keys()) changed.add(gone);
      for (const position of changed) expect(touched.has(position)).toBe(false);
      const known = [...before.positions, ...now.positions, ...offered].map(({ position }) => position);
      if (known.some((position) => changed.has(position))) expect(again).toBe(true);
    }),
    { numRuns: 1000 },
  );
});

test('a digest tells contents apart and does not mind the order of keys', () => {
  const content = { symbol: 'SAP', strategy: '', quantity: 1, legs: [], notes: 'a', tags: [] };
  expect(contentDigest(content)).toBe(contentDigest({ ...content }));
  expect(contentDigest({ tags: [], notes: 'a', legs: [], quantity: 1, strategy: '', symbol: 'SAP' })).toBe(
    contentDigest(content),
  );
  expect(contentDigest({ ...content, notes: 'b' })).not.toBe(contentDigest(content));
});
