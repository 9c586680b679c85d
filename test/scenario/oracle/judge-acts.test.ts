import { describe, expect, test } from 'vitest';
import { cause, commentId, positionId } from '../../../src/protocol/ids.ts';
import type { Act, Deed } from '../../../src/scenario/acts.ts';
import { judgeActs } from '../../../src/scenario/oracle/judge-acts.ts';
import { alice, anAct, bob, type Draft, evidenceOf, sharing } from './builders.ts';

const berlin = positionId.parse('berlin');
const c1 = commentId.parse('c1');
const share: Deed = { do: 'share', position: berlin, with: [bob] };
const revoke: Deed = { do: 'revoke', position: berlin, from: bob };
const comment: Deed = { do: 'comment', position: berlin, text: 'Hello' };
const content = JSON.stringify({
  symbol: 'SAP',
  strategy: '',
  quantity: 1,
  legs: [],
  notes: 'new',
  tags: [],
});
const update: Deed = { do: 'update', position: berlin, set: { notes: 'new' } };
const done = { is: 'done' } as const;
const refused = { is: 'refused', status: 403 } as const;
const unknown = { is: 'unknown', why: 'no answer' } as const;

function judge(draft: Draft, ...acts: Act[]) {
  const { findings, resolved } = judgeActs(evidenceOf({ alice: draft }, { acts }));
  return [...findings.map(({ name }) => name), ...resolved.map(({ was }) => was)];
}
const own = { owner: alice, state: 'own' };
const hasShared: Draft = { ...sharing.alice };
const hasNot: Draft = { ...sharing.alice, grants: [], outbox: [] };

describe('what was answered with success', () => {
  test.each<[string, Draft, Deed, object]>([
    ['a share', hasShared, share, {}],
    ['a revoke', hasNot, revoke, {}],
    ['a comment', { positions: [own], comments: [{ id: c1, author: alice }] }, comment, { comment: c1 }],
    [
      'a comment on a copy that went away since',
      { outbox: [{ to: bob, comment: c1 }] },
      comment,
      { comment: c1 },
    ],
    ['an update', { positions: [{ ...own, version: 2, content }] }, update, { version: 2 }],
    ['an update that another one followed', { positions: [{ ...own, version: 3 }] }, update, { version: 2 }],
    ['a new friend', { friends: ['bob'] }, { do: 'befriend', friend: bob }, {}],
    ['a friendship that ended', {}, { do: 'unfriend', friend: bob }, {}],
  ])('is there: %s', (_what, draft, deed, more) => {
    expect(judge(draft, anAct('alice', deed, { ...done, ...more }))).toEqual([]);
  });

  test.each<[string, Draft, Deed, object]>([
    ['a share', hasNot, share, {}],
    ['a revoke', hasShared, revoke, {}],
    ['a comment', { positions: [own] }, comment, { comment: c1 }],
    ['an update', { positions: [{ ...own, version: 1, content }] }, update, { version: 2 }],
    [
      'what an update has set',
      { positions: [{ ...own, version: 2, content: content.replace('new', 'old') }] },
      update,
      { version: 2 },
    ],
    ['a new friend', {}, { do: 'befriend', friend: bob }, {}],
    ['a friendship that ended', { friends: ['bob'] }, { do: 'unfriend', friend: bob }, {}],
  ])('is lost where it is not: %s', (_what, draft, deed, more) => {
    expect(judge(draft, anAct('alice', deed, { ...done, ...more }))).toEqual(['lost']);
  });

  test('may have been undone since, by an act that could have worked', () => {
    const first = anAct('alice', share, done);
    expect(judge(hasNot, first, anAct('alice', revoke, done))).toEqual([]);
    expect(judge(hasNot, first, anAct('alice', revoke, unknown))).toEqual(['carried out']);
    expect(
      judge({ ...hasNot, friends: [] }, first, anAct('alice', { do: 'unfriend', friend: bob }, done)),
    ).toEqual([]);
    expect(judge(hasNot, first, anAct('alice', revoke, refused))).toEqual(['lost']);
    expect(judge(hasNot, anAct('alice', revoke, done), anAct('alice', share, done))).toEqual(['lost']);
    expect(judge(hasNot, anAct('alice', { do: 'request' }, done), anAct('alice', share, done))).toEqual([
      'lost',
    ]);
    expect(judge(hasNot, first, anAct('alice', { do: 'request' }, done))).toEqual([]);
  });
});

describe('what was refused', () => {
  test('is a phantom where it happened all the same', () => {
    const written: Draft = {
      positions: [{ ...own, version: 2, content }],
      comments: [{ id: c1, author: alice }],
    };
    expect(judge(hasShared, anAct('alice', share, refused))).toEqual(['phantom']);
    expect(judge(written, anAct('alice', comment, refused))).toEqual(['phantom']);
    expect(judge(written, anAct('alice', update, refused))).toEqual(['phantom']);
    expect(judge({ friends: ['bob'] }, anAct('alice', { do: 'befriend', friend: bob }, refused))).toEqual([
      'phantom',
    ]);
  });

  test('is none where another act did it', () => {
    expect(judge(hasShared, anAct('alice', share, done), anAct('alice', share, refused))).toEqual([]);
    expect(
      judge(
        { positions: [{ ...own, version: 2, content }] },
        anAct('alice', update, done),
        anAct('alice', update, refused),
      ),
    ).toEqual([]);
    expect(
      judge(
        { positions: [{ ...own, state: 'copy', owner: bob, version: 7 }] },
        anAct('alice', update, refused),
      ),
    ).toEqual([]);
  });
});

describe('an act without an answer', () => {
  test('is looked up by the name that it travelled under', () => {
    const travelled = { cause: cause.parse('cause-1') };
    const sent: Draft = { outbox: [{ to: bob, cause: 'cause-1' }] };
    expect(judge(sent, anAct('alice', update, unknown, travelled))).toEqual(['carried out']);
  });

  test.each<[string, Draft, Deed, string]>([
    ['a share', hasShared, share, 'carried out'],
    ['a share', hasNot, share, 'not carried out'],
    ['a revoke', hasNot, revoke, 'carried out'],
    ['a revoke', hasShared, revoke, 'not carried out'],
    ['a comment', { comments: [{ id: c1, author: alice }] }, comment, 'carried out'],
    ['a comment', {}, comment, 'not carried out'],
    ['an update', { positions: [{ ...own, version: 2 }] }, update, 'carried out'],
    ['an update', { positions: [own] }, update, 'not carried out'],
    ['a new friend', { friends: ['bob'] }, { do: 'befriend', friend: bob }, 'carried out'],
    ['a raw event', {}, { do: 'emit', type: 'comment_added', to: [bob] }, 'not to be told'],
    ['a request', {}, { do: 'request' }, 'not to be told'],
  ])('is looked up by what it would have left: %s', (_what, draft, deed, was) => {
    expect(judge(draft, anAct('alice', deed, unknown))).toEqual([was]);
  });

  test('is not to be told from another one that did the same', () => {
    const acts = [anAct('alice', comment, unknown), anAct('alice', comment, unknown)];
    expect(judge({ comments: [{ id: c1, author: alice }] }, ...acts)).toEqual([
      'not to be told',
      'not to be told',
    ]);
    const updates = [anAct('alice', update, unknown), anAct('alice', update, unknown)];
    expect(judge({ positions: [{ ...own, version: 2 }] }, ...updates)).toEqual([
      'not to be told',
      'not to be told',
    ]);
  });

  test('is not to be told where its database cannot be read', () => {
    const acts = [anAct('bob', share, unknown)];
    expect(judgeActs(evidenceOf({ alice: {} }, { acts })).resolved.map(({ was }) => was)).toEqual([
      'not to be told',
    ]);
  });
});
