import { describe, expect, test } from 'vitest';
import { isStale } from '../../src/backend/checks/judge-answer.ts';
import { type CommentFacts, judgeComment } from '../../src/backend/checks/judge-comment.ts';
import { judgeFetch } from '../../src/backend/checks/judge-fetch.ts';
import { mayRead } from '../../src/backend/checks/judge-read.ts';
import { judgeRevoke, type RevokeFacts } from '../../src/backend/checks/judge-revoke.ts';
import { judgeShare, type ShareFacts } from '../../src/backend/checks/judge-share.ts';
import { judgeTarget } from '../../src/backend/checks/judge-target.ts';
import { judgeUpdate, type UpdateFacts } from '../../src/backend/checks/judge-update.ts';
import { mayStore } from '../../src/backend/checks/may-store.ts';
import { shareId, userId } from '../../src/protocol/ids.ts';

const [alice, bob, carol] = [userId.parse('alice'), userId.parse('bob'), userId.parse('carol')];
const [first, second] = [shareId.parse('s1'), shareId.parse('s2')];
const refuse = (code: string) => ({ do: 'refuse', code });

describe('alice shares a position with bob', () => {
  const judge = (facts: Partial<ShareFacts> = {}) =>
    judgeShare({
      from: alice,
      friendship: 'friend',
      holder: undefined,
      ended: false,
      shareUrl: 'http://alice.example:8000/api/v1/positions/ideas/berlin',
      registered: 'http://alice.example:8000',
      ...facts,
    });

  test('and bob fetches it', () => {
    expect(judge()).toEqual({ do: 'fetch', originChecked: true });
    expect(judge({ holder: alice })).toEqual({ do: 'fetch', originChecked: true });
  });

  test('and is refused where she is no friend, or no friend any more', () => {
    expect(judge({ friendship: 'stranger' })).toEqual(refuse('not_friend'));
    expect(judge({ friendship: 'leaving' })).toEqual(refuse('not_friend'));
  });

  test('and is refused under an id that somebody else owns, bob included', () => {
    expect(judge({ holder: carol })).toEqual(refuse('id_taken'));
    expect(judge({ holder: bob })).toEqual(refuse('id_taken'));
  });

  test.each([
    ['host', 'http://evil.example:8000/x'],
    ['port', 'http://alice.example:8001/x'],
    ['scheme', 'https://alice.example:8000/x'],
    ['look', 'http://alice.example:8000@evil.example/x'],
  ])('and is refused where the URL has another %s than the address that she registered', (_, shareUrl) => {
    expect(judge({ shareUrl })).toEqual(refuse('bad_origin'));
  });

  test('and a grant that was taken back before does not come back', () => {
    expect(judge({ ended: true })).toEqual({ do: 'ignore' });
    expect(judge({ ended: true, friendship: 'stranger' })).toEqual(refuse('not_friend'));
  });

  test('and the check waits while her address is not known', () => {
    expect(judge({ registered: undefined })).toEqual({ do: 'fetch', originChecked: false });
  });
});

describe('alice updates a position that bob has in version 3', () => {
  const judge = (facts: Partial<UpdateFacts> = {}) =>
    judgeUpdate({
      from: alice,
      friendship: 'friend',
      held: { owner: alice, version: 3 },
      version: 4,
      fromVersion: undefined,
      ...facts,
    });

  test('and the next version applies', () => {
    expect(judge()).toEqual({ do: 'apply', version: 4 });
  });

  test('and a merged update applies to every version that it covers', () => {
    expect(judge({ version: 6, fromVersion: 3 })).toEqual({ do: 'apply', version: 6 });
    expect(judge({ version: 6, fromVersion: 1 })).toEqual({ do: 'apply', version: 6 });
    expect(judge({ version: 6, fromVersion: 4 })).toEqual({ do: 'refetch', wanted: 6 });
  });

  test('and what is not newer is ignored', () => {
    expect(judge({ version: 3 })).toEqual({ do: 'ignore' });
    expect(judge({ version: 2 })).toEqual({ do: 'ignore' });
  });

  test('and a gap is fetched', () => {
    expect(judge({ version: 5 })).toEqual({ do: 'refetch', wanted: 5 });
    expect(judge({ held: { owner: alice, version: undefined } })).toEqual({ do: 'refetch', wanted: 4 });
  });

  test('and an update without a version applies as the next one', () => {
    expect(judge({ version: undefined })).toEqual({ do: 'apply', version: 4 });
  });

  test('and only the owner may', () => {
    expect(judge({ from: carol })).toEqual(refuse('not_owner'));
    expect(judge({ held: { owner: bob, version: 3 } })).toEqual(refuse('not_owner'));
    expect(judge({ held: undefined })).toEqual(refuse('not_owner'));
    expect(judge({ friendship: 'stranger' })).toEqual(refuse('not_friend'));
  });
});

describe('alice takes a grant back', () => {
  const judge = (facts: Partial<RevokeFacts> = {}) =>
    judgeRevoke({
      from: alice,
      friendship: 'friend',
      held: { owner: alice, shareId: first },
      shareId: first,
      ...facts,
    });

  test('and the copy goes away, also after the friendship', () => {
    expect(judge()).toEqual({ do: 'remove' });
    expect(judge({ friendship: 'leaving' })).toEqual({ do: 'remove' });
  });

  test('and a revoke of an older grant leaves the newer one', () => {
    expect(judge({ shareId: second })).toEqual({ do: 'ignore' });
  });

  test('and a revoke that names no grant means whichever there is', () => {
    expect(judge({ shareId: undefined })).toEqual({ do: 'remove' });
    expect(judge({ held: { owner: alice, shareId: undefined } })).toEqual({ do: 'remove' });
  });

  test('and one of a share that never came is accepted', () => {
    expect(judge({ held: undefined })).toEqual({ do: 'ignore' });
  });

  test("and nobody revokes what is not theirs, bob's own position least of all", () => {
    expect(judge({ from: carol })).toEqual(refuse('not_owner'));
    expect(judge({ held: { owner: bob, shareId: undefined } })).toEqual(refuse('not_owner'));
    expect(judge({ friendship: 'stranger' })).toEqual(refuse('not_friend'));
  });
});

describe('bob comments', () => {
  const judge = (facts: Partial<CommentFacts> = {}) =>
    judgeComment({
      me: alice,
      from: bob,
      friendship: 'friend',
      author: bob,
      held: { owner: alice, readers: [bob, carol] },
      sameId: undefined,
      ...facts,
    });

  test('and alice, the owner, brings it to the other readers', () => {
    expect(judge()).toEqual({ do: 'add', forwardTo: [carol] });
  });

  test('and alice refuses it from somebody who cannot read the position', () => {
    expect(judge({ held: { owner: alice, readers: [carol] } })).toEqual(refuse('no_access'));
    expect(judge({ held: undefined })).toEqual(refuse('no_access'));
    expect(judge({ friendship: 'leaving' })).toEqual(refuse('not_friend'));
  });

  test('and alice refuses it in the name of somebody else', () => {
    expect(judge({ author: carol })).toEqual(refuse('not_author'));
  });

  test('and carol, a reader, believes alice about it, and nobody else', () => {
    const atCarol = { me: carol, held: { owner: alice, readers: [] } };
    expect(judge({ ...atCarol, from: alice })).toEqual({ do: 'add', forwardTo: [] });
    expect(judge({ ...atCarol, from: bob })).toEqual(refuse('not_owner'));
  });

  test('and the same comment twice is one, while the id of another author is taken', () => {
    expect(judge({ sameId: bob })).toEqual({ do: 'ignore' });
    expect(judge({ sameId: carol })).toEqual(refuse('id_taken'));
  });
});

test('a friend reads what is shared with it, and never a copy', () => {
  const own = { owner: alice, readers: [bob] };
  const friendship = 'friend';
  expect(mayRead({ me: alice, caller: alice, friendship: 'stranger', held: own })).toBe(true);
  expect(mayRead({ me: alice, caller: bob, friendship, held: own })).toBe(true);
  expect(mayRead({ me: alice, caller: bob, friendship: 'leaving', held: own })).toBe(false);
  expect(mayRead({ me: alice, caller: bob, friendship: 'stranger', held: own })).toBe(false);
  expect(mayRead({ me: alice, caller: carol, friendship, held: own })).toBe(false);
  expect(mayRead({ me: alice, caller: bob, friendship, held: undefined })).toBe(false);
  const copy = { owner: alice, readers: [carol] };
  expect(mayRead({ me: bob, caller: bob, friendship: 'stranger', held: copy })).toBe(true);
  expect(mayRead({ me: bob, caller: carol, friendship, held: copy })).toBe(false);
});

test('a refusal ends a fetch, trouble does not', () => {
  const status = (code: number) => judgeFetch({ kind: 'status', status: code });
  for (const code of [401, 408, 429, 500, 502, 503]) expect(status(code)).toEqual({ do: 'retry' });
  for (const code of [403, 404, 410]) expect(status(code)).toEqual({ do: 'end', code: `http_${code}` });
  expect(judgeFetch({ kind: 'unreachable', code: 'ECONNREFUSED' })).toEqual({ do: 'retry' });
  expect(judgeFetch({ kind: 'broken', code: 'too_big' })).toEqual({ do: 'end', code: 'too_big' });
  expect(judgeFetch({ kind: 'answered', status: 200, answer: 1 })).toEqual({ do: 'store', answer: 1 });
});

test('the answer to a fetch counts only for the job that asked', () => {
  const begun = { n: 1, share_id: first };
  expect(mayStore(begun, { n: 1, share_id: first })).toBe(true);
  expect(mayStore(begun, undefined)).toBe(false);
  expect(mayStore(begun, { n: 2, share_id: first })).toBe(false);
  expect(mayStore(begun, { n: 1, share_id: second })).toBe(false);
});

test('an answer that is older than the promise is asked for again, but not for ever', () => {
  expect(isStale({ version: 3 }, 3, 0)).toBe(false);
  expect(isStale({ version: 2 }, 3, 0)).toBe(true);
  expect(isStale({ version: 2 }, 3, 5)).toBe(false);
});

test('a fetch dials the registered origin and no other', () => {
  const shareUrl = 'http://alice.example:8000/p/berlin';
  const judge = (originChecked: boolean, registered?: string) =>
    judgeTarget({ shareUrl, originChecked, registered });
  expect(judge(true)).toEqual({ kind: 'wait' });
  expect(judge(false, 'http://alice.example:8000')).toEqual({ kind: 'dial', url: shareUrl });
  expect(judge(false, 'http://new.example')).toEqual({ kind: 'broken', code: 'bad_origin' });
  expect(judge(true, 'http://new.example/base')).toEqual({
    kind: 'dial',
    url: 'http://new.example/p/berlin',
  });
});
