import { expect, test, vi } from 'vitest';
import type { PostJudgement } from '../../src/backend/direct/judge-post.ts';
import { PeerContact } from '../../src/backend/direct/peer-contact.ts';
import type { Posted } from '../../src/backend/direct/peer-line.ts';
import { type DeliveredEvent, deliveredEvent } from '../../src/protocol/events.ts';
import { userId } from '../../src/protocol/ids.ts';

const bob = userId.parse('bob');

const anEvent = (id: string): DeliveredEvent =>
  deliveredEvent.parse({
    id,
    type: 'share_revoked',
    from_user: 'alice',
    to_users: ['bob'],
    data: { position_id: 'berlin' },
    sent_at: '2026-01-01T00:00:00.000Z',
  });

/** Bob's backend, which takes a request only if it can do something with all of it. */
function bobWho(reads: (id: string) => boolean) {
  const requests: string[][] = [];
  const receipts: PostJudgement['receipts'][number][] = [];
  const contact = new PeerContact({
    user: bob,
    displayName: 'Alice',
    isLeft: () => false,
    backoff: { from: 60_000, to: 60_000 },
    post: async ({ events }): Promise<Posted> => {
      const ids = events.map((event) => deliveredEvent.parse(event).id);
      requests.push(ids);
      if (!ids.every(reads)) return { kind: 'answered', status: 400, body: {} };
      const results = ids.map((id) => ({ id, status: 'delivered' }));
      return { kind: 'answered', status: 200, body: { acks: true, results } };
    },
    onWritten: () => {},
    onJudged: (_events, judgement) => receipts.push(...judgement.receipts),
  });
  return { contact, requests, receipts };
}

test('of a batch that is not taken because of one event, only that one is refused', async () => {
  const { contact, requests, receipts } = bobWho((id) => id !== 'b');
  contact.greet();
  for (const id of ['a', 'b', 'c', 'd']) contact.send(anEvent(id));
  await vi.waitFor(() => expect(receipts).toHaveLength(4), { timeout: 20_000 });
  expect(receipts.map(({ id, stage, code }) => [id, stage, code])).toEqual([
    ['a', 'delivered', undefined],
    ['b', 'refused', 'http_400'],
    ['c', 'delivered', undefined],
    ['d', 'delivered', undefined],
  ]);
  expect(requests).toEqual([[], ['a', 'b', 'c', 'd'], ['a'], ['b'], ['c'], ['d']]);

  // And then they go together again.
  for (const id of ['e', 'f', 'g']) contact.send(anEvent(id));
  await vi.waitFor(() => expect(receipts).toHaveLength(7), { timeout: 20_000 });
  expect(requests.slice(6)).toEqual([['e'], ['f', 'g']]);
  contact.close();
});
