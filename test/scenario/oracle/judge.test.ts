import { describe, expect, test } from 'vitest';
import { judgeLedgers } from '../../../src/scenario/oracle/judge.ts';
import { alice, bob, carol, type Draft, evidenceOf, judged, sharing, told } from './builders.ts';

/** Alice's and bob's ledgers after a share, with what a test changes in them. */
const having = (ofAlice: Draft, ofBob: Draft = {}) => ({
  alice: { ...sharing.alice, ...ofAlice },
  bob: { ...sharing.bob, ...ofBob },
});
const { outbox: shared } = sharing.alice;
const { inbox: arrived } = sharing.bob;

describe('a share that arrived', () => {
  test('is what it should be', () => {
    expect(judged(having({}))).toEqual([]);
  });

  test('is lost where its sender counts it as delivered and its recipient has no record of it', () => {
    expect(judged(having({}, { inbox: [] }))).toEqual([
      "lost: alice's position_shared about berlin to bob counts as delivered, and bob's inbox has no record of it.",
    ]);
  });

  test('is lost where there is no copy', () => {
    expect(judged(having({}, { positions: [] }))).toEqual([
      'lost: alice shares berlin with bob, who has no copy of it.',
    ]);
  });

  test('may still come right while something is under way', () => {
    expect(judged(having({}, { positions: [] }), { settled: false })).toEqual([
      'lost?: alice shares berlin with bob, who has no copy of it.',
    ]);
    const fetching = { owner: alice, state: 'fetching', version: 0, content: undefined };
    expect(judged(having({}, { positions: [fetching] }))).toEqual([
      'lost?: alice shares berlin with bob, who still fetches it.',
    ]);
  });

  test.each<[string, Draft, Draft, string[]]>([
    [
      'waits for somebody who is away',
      { outbox: [{ to: bob, stage: 'unavailable', settled: false }] },
      {},
      ['alice'],
    ],
    [
      'was refused, which alice can see',
      { outbox: [{ to: bob, stage: 'refused' }] },
      { inbox: [{ from: alice, outcome: 'refused' }] },
      ['alice', 'bob'],
    ],
    ['has expired', { outbox: [{ to: bob, stage: 'expired' }] }, { inbox: [] }, ['alice', 'bob']],
    [
      'could not be fetched, which bob was told',
      {},
      { notices: [{ kind: 'fetch_failed', event: 'e1', position: 'berlin' }] },
      ['alice', 'bob'],
    ],
    [
      'went to somebody who does not acknowledge',
      { outbox: [{ to: bob, stage: 'routed' }] },
      { inbox: [] },
      ['alice', 'bob'],
    ],
    [
      'went to a stranger',
      { outbox: [{ to: bob, stage: 'unavailable', settled: false }], friends: [] },
      { inbox: [] },
      ['alice', 'bob'],
    ],
    ['is for somebody who has ended the friendship', {}, { friends: [] }, ['alice', 'bob']],
  ])('need not be there if it %s', (_why, ofAlice, ofBob, present) => {
    const befriended = { alice: ['bob'], bob: ['alice'] };
    expect(judged(having(ofAlice, { positions: [], ...ofBob }), { present, befriended })).toEqual([]);
  });

  test('is asked after where it waits though its recipient is there', () => {
    const waiting = { outbox: [{ to: bob, stage: 'unavailable', settled: false }] };
    expect(judged(having(waiting, { positions: [], inbox: [] }))).toEqual([
      "lost?: alice's position_shared about berlin to bob has not arrived (unavailable), though bob is there and a friend.",
    ]);
  });
});

describe('a copy', () => {
  const changed = { positions: [{ owner: alice, state: 'own', version: 2, content: '{"notes":"new"}' }] };

  test('is stale where it is behind its owner, or differs at the same version', () => {
    expect(judged(having(changed))).toEqual([
      "stale: bob's copy of alice's berlin is not what alice has. It has version 1, alice has 2.",
    ]);
    const other = { owner: alice, state: 'copy', content: '{"notes":"other"}' };
    expect(judged(having({}, { positions: [other] }))).toEqual([
      "stale: bob's copy of alice's berlin is not what alice has. Both count version 1, and they differ.",
    ]);
  });

  test('may be behind while the update waits, or after its reader refused it', () => {
    const update = (row: object) => ({
      ...changed,
      outbox: [...shared, { to: bob, type: 'position_updated', ...row }],
    });
    expect(judged(having(update({ stage: 'unavailable', settled: false })), { present: ['alice'] })).toEqual(
      [],
    );
    expect(
      judged(
        having(update({ stage: 'quarantined' }), {
          inbox: [...arrived, { from: alice, outcome: 'quarantined' }],
        }),
      ),
    ).toEqual([]);
  });

  test('is stale where an update that was merged into another one lost its keys', () => {
    const merged = { to: bob, type: 'position_updated', stage: 'expired', code: 'merged' };
    const sent = [...shared, { to: bob, type: 'position_updated', event: 'into' }, merged];
    const took = [...arrived, { from: alice, event: 'into', type: 'position_updated' }];
    expect(judged(having({ ...changed, outbox: sent }, { inbox: took }))).toEqual([
      "stale: bob's copy of alice's berlin is not what alice has. It has version 1, alice has 2.",
    ]);
  });

  test('is a zombie after a revoke that was delivered, and not while that is on its way', () => {
    const revoke = { to: bob, type: 'share_revoked' };
    const revoked = (row: object) => ({ grants: [], outbox: [...shared, { ...revoke, ...row }] });
    const heard = { inbox: [...arrived, { from: alice, type: 'share_revoked' }] };
    expect(judged(having(revoked({}), heard))).toEqual([
      "zombie: bob holds a copy of alice's berlin after it was revoked.",
    ]);
    expect(judged(having(revoked({ stage: 'unavailable', settled: false })), { present: ['alice'] })).toEqual(
      [],
    );
    expect(judged(having(revoked({ stage: 'expired' })))).toEqual([]);
  });

  test('is a zombie after its reader has ended the friendship', () => {
    expect(judged(having({}, { friends: [] }), { befriended: { bob: ['alice'] } })).toEqual([
      "zombie: bob holds a copy of alice's berlin after their friendship has ended.",
    ]);
  });

  test('is a leak where it was never shared', () => {
    expect(
      judged({ ...having({}), carol: { positions: [{ owner: alice, state: 'copy' }], friends: ['alice'] } }),
    ).toEqual(["leak: carol holds a copy of alice's berlin, which was never shared with them."]);
    expect(judged(having({ positions: [], grants: [] }))).toEqual([
      "leak: bob holds alice's berlin, which alice has not got.",
    ]);
  });
});

describe('the order and the number of events', () => {
  const three = [
    { to: bob, share: 's1' },
    { to: bob, type: 'comment_added', comment: 'c1' },
    { to: bob, type: 'comment_added', comment: 'c2' },
  ];
  const thread = [
    { id: 'c1', author: alice },
    { id: 'c2', author: alice },
  ];
  const inOrder = (...events: string[]) => ({
    comments: thread,
    inbox: events.map((event) => ({ from: alice, event })),
  });

  test('are those in which they were written', () => {
    expect(judged(having({ outbox: three, comments: thread }, inOrder('e1', 'e2', 'e3')))).toEqual([]);
    expect(judged(having({ outbox: three, comments: thread }, inOrder('e1', 'e3', 'e2')))).toEqual([
      'disordered: bob took position_shared about berlin from alice after position_shared about berlin from alice, which was written later.',
    ]);
  });

  test('leave out an update that became part of another one, which keeps its turn', () => {
    const merged = { to: bob, type: 'position_updated', stage: 'expired', code: 'merged' };
    const outbox = [
      ...shared,
      { to: bob, type: 'comment_added', comment: 'c1' },
      { ...merged, event: 'left' },
    ];
    const took = [
      ...arrived,
      { from: alice, event: 'left' },
      { from: alice, event: 'e2', type: 'comment_added' },
    ];
    const comments = [{ id: 'c1', author: alice }];
    expect(judged(having({ outbox, comments }, { inbox: took, comments }))).toEqual([]);
  });

  test('let an update come late that took over the row of one that was taken before its sender died', () => {
    const update = { to: bob, type: 'position_updated' };
    const outbox = [
      ...shared,
      { ...update, event: 'next' },
      { to: bob, type: 'comment_added', comment: 'c1' },
      { ...update, stage: 'expired', code: 'merged', event: 'left' },
    ];
    const updated = { from: alice, type: 'position_updated' };
    const commented = { from: alice, event: 'e3', type: 'comment_added' };
    const comments = [{ id: 'c1', author: alice }];
    const took = (...inbox: Record<string, unknown>[]) =>
      judged(having({ outbox, comments }, { inbox: [...arrived, ...inbox], comments }));
    expect(took({ ...updated, event: 'left' }, commented, { ...updated, event: 'next' })).toEqual([]);
    expect(took(commented, { ...updated, event: 'next' })).toEqual([
      'disordered: bob took position_updated about berlin from alice after comment_added about berlin from alice, which was written later.',
    ]);
  });

  test('are kept apart from order where a recipient does not acknowledge', () => {
    const routed = three.map((row) => ({ ...row, stage: 'routed' }));
    expect(judged(having({ outbox: routed, comments: thread }, inOrder('e3', 'e2', 'e1')))).toEqual([]);
  });

  test('show an event that was applied twice', () => {
    expect(judged(having({}, { inbox: [...arrived, { from: alice, event: 'e1' }] }))).toEqual([
      'duplicate: bob took position_shared about berlin from alice twice.',
    ]);
    const note = { kind: 'position_shared', event: 'e1', from: alice, position: 'berlin' };
    expect(judged(having({}, { notices: [note, note] }))).toEqual([
      'duplicate: bob was told of one position_shared by alice twice.',
    ]);
  });
});

describe('a thread', () => {
  const byAlice = { id: 'c1', author: alice };
  const byBob = { id: 'c2', author: bob };
  const sent = { to: bob, type: 'comment_added', comment: 'c1' };
  const fromBob = { to: alice, type: 'comment_added', comment: 'c2', event: 'f1' };

  test('is the same at owner and reader', () => {
    const both = { comments: [byAlice, byBob] };
    const inboxes = { inbox: [...arrived, { from: alice, type: 'comment_added' }], outbox: [fromBob] };
    const got = { inbox: [{ from: bob, event: 'f1', type: 'comment_added', comment: 'c2' }] };
    expect(judged(having({ ...both, ...got, outbox: [...shared, sent] }, { ...both, ...inboxes }))).toEqual(
      [],
    );
  });

  test('lacks a comment that the owner has', () => {
    const heard = { inbox: [...arrived, { from: alice, type: 'comment_added' }] };
    expect(judged(having({ comments: [byAlice], outbox: [...shared, sent] }, heard))).toEqual([
      "lost: alice's comment on alice's berlin is missing in bob's thread.",
    ]);
    const waiting = { ...sent, stage: 'unavailable', settled: false };
    expect(
      judged(having({ comments: [byAlice], outbox: [...shared, waiting] }), { present: ['alice'] }),
    ).toEqual([]);
  });

  test('keeps what its owner refused, or holds what its owner lost', () => {
    const refused = { outbox: [{ ...fromBob, stage: 'refused' }], comments: [byBob] };
    expect(judged(having({}, refused))).toEqual([
      "stale: bob's comment on alice's berlin is still in bob's thread, though alice did not take it.",
    ]);
    const taken = { inbox: [{ from: bob, event: 'f1', type: 'comment_added', comment: 'c2' }] };
    expect(judged(having(taken, { outbox: [fromBob], comments: [byBob] }))).toEqual([
      "lost: bob's comment on alice's berlin is in bob's thread and missing in alice's own.",
    ]);
  });

  test('has a comment in the name of somebody who knows nothing of it', () => {
    const forged = { comments: [{ id: 'c9', author: carol }] };
    const taken = { inbox: [{ from: bob, event: 'x', type: 'comment_added', comment: 'c9' }] };
    const emitted = { event: 'x', to: alice, type: 'comment_added', comment: 'c9' };
    expect(
      judged({
        ...having({ ...forged, ...taken }, { ...forged, outbox: [emitted] }),
        // The owner has brought it to its would-be author, too.
        carol: { friends: ['alice'], comments: [{ id: 'c9', author: carol }] },
      }),
    ).toEqual([
      "forged: alice's thread of berlin has a comment by carol, whose backend knows nothing of it; it came from bob.",
    ]);
  });
});

describe('what went to whom it should not', () => {
  const strangers = { ...having({}), carol: { friends: [] } };
  const friends = { ...having({ friends: ['bob', 'carol'] }), carol: { friends: ['alice'] } };

  test('is a leak in an inbox, also where it was refused', () => {
    const got = { inbox: [{ from: alice, outcome: 'refused', code: 'not_friend' }] };
    expect(judged({ ...strangers, carol: got })).toEqual([
      'leak: carol got position_shared about berlin from alice, who is no friend.',
    ]);
    expect(judged({ ...friends, carol: { ...got, friends: ['alice'] } })).toEqual([
      'leak: carol got position_shared about berlin from alice, who has not sent it to carol.',
    ]);
  });

  test('is a leak on a socket, by the word of the relay that wrote it there', () => {
    const routed = { type: 'step', step: 'routed', to: carol };
    const lists = (ofAlice: string[], ofCarol: string[], leaving: string[] = []) => [
      { type: 'friends', user: alice, friends: ofAlice, leaving },
      { type: 'friends', user: carol, friends: ofCarol, leaving: [] },
    ];
    const accepted = { type: 'step', step: 'accepted', recipients: [bob, carol] };
    expect(judged(strangers, { journal: told('relay', accepted, ...lists(['bob'], []), routed) })).toEqual([
      'leak: The relay handed position_shared about berlin from alice to carol, and they are no friends.',
    ]);
    expect(
      judged(friends, {
        journal: told(
          'relay',
          accepted,
          ...lists(['carol'], ['alice']),
          ...lists(['bob'], ['alice'], ['carol']),
          routed,
        ),
      }),
    ).toEqual([
      'leak: The relay handed position_shared about berlin from alice to carol, when they were no friends any more.',
    ]);
    expect(
      judged(friends, {
        journal: told('relay', { ...accepted, recipients: [bob] }, ...lists(['carol'], ['alice']), routed),
      }),
    ).toEqual([
      'leak: The relay handed position_shared about berlin from alice to carol, to whom it was not addressed.',
    ]);
    expect(
      judged(friends, { journal: told('relay', accepted, ...lists(['carol'], ['alice']), routed) }),
    ).toEqual([]);
  });

  test('is a leak where a backend served it without a grant, or after it was taken back', () => {
    const saved = (kind: string) => ({ type: 'step', step: 'saved', kind, recipients: [bob], event: kind });
    const serve = (to: string) => ({ type: 'served', user: alice, to, position: 'berlin' });
    expect(judged(friends, { journal: told('alice', serve(carol)) })).toEqual([
      "leak: alice's backend gave berlin to carol, with whom it was never shared.",
    ]);
    const revoked = told('alice', saved('position_shared'), serve(bob), saved('share_revoked'), serve(bob));
    expect(judged(friends, { journal: revoked })).toEqual([
      "leak: alice's backend gave berlin to bob, from whom it had been taken back.",
    ]);
    // Whoever was killed may have granted it anew without a word.
    const gap = told('stack', { type: 'gap', name: 'alice', generation: 1 });
    expect(judged(friends, { journal: [...revoked, ...gap] })).toEqual([]);
    expect(
      judged(friends, {
        journal: [...revoked.slice(0, 3), ...told('alice', saved('position_shared'), serve(bob))],
      }),
    ).toEqual([]);
  });
});

test('what cannot be read is said, and never taken for passed', () => {
  const evidence = evidenceOf({ alice: { ...sharing.alice, unseen: ['grants', 'inbox'] } });
  const { findings, notChecked } = judgeLedgers({ ...evidence, traffic: undefined }, [alice, bob]);
  expect(findings).toEqual([]);
  expect(notChecked).toEqual([
    'alice: under which grant a copy is held, and who wrote which comment; which events were received, how often and in which order',
    'bob: the backend cannot be read, so nothing of it was checked',
    'what was handed to sockets and served to peers: there is no journal',
  ]);
});
