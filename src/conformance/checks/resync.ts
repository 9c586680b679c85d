import { v7 as uuid } from 'uuid';
import type { Bench } from '../bench/bench.ts';
import { type Check, given } from '../check.ts';
import { aComment, expectThat, fieldsOf, heldCopy } from './expect.ts';

const shares = '/api/collab/shares';

/** How a backend that has missed something comes to what the owner has. */
export const resyncChecks: readonly Check[] = [
  {
    id: 'resync.asks',
    level: 'must',
    section: '6',
    title: 'on a jump of base it asks the sender for GET /api/collab/shares, with a peer token',
    async run(bench) {
      const { alice, withinMs } = bench;
      const from = alice.face.requests.all.length;
      await jump(bench);
      const asked = await alice.face.requests.next(({ path }) => path === shares, withinMs, from);
      expectThat(asked !== undefined, 'an event whose base has jumped', 'no such request', `GET ${shares}`);
      expectThat(asked.token !== undefined, `GET ${shares}`, 'no Authorization', 'a bearer token');
    },
  },
  {
    id: 'resync.fetches-missing',
    level: 'must',
    section: '6',
    title: 'what the owner shares and it does not have is fetched',
    async run(bench) {
      const entry = bench.alice.grant(bench.id('missed'));
      await jump(bench);
      await bench.owner.untilRead(entry.position.id, 'the copy', ({ status }) => status === 200);
    },
  },
  {
    id: 'resync.refetches-older',
    level: 'must',
    section: '6',
    title: 'a copy that is older than what the owner has is fetched again',
    async run(bench) {
      const { owner, alice } = bench;
      const entry = await heldCopy(bench, alice);
      alice.book.change(entry, { notes: 'Missed' });
      await jump(bench);
      await owner.untilRead(
        entry.position.id,
        'version 2',
        (answer) => fieldsOf(answer).notes === 'Missed' && fieldsOf(answer).version === 2,
      );
    },
  },
  {
    id: 'resync.deletes-absent',
    level: 'must',
    section: '6',
    title: 'a copy that the owner does not share any more is deleted',
    async run(bench) {
      const { owner, user, alice } = bench;
      const entry = await heldCopy(bench, alice);
      entry.readers.delete(user);
      await jump(bench);
      await owner.untilRead(entry.position.id, '404', ({ status }) => status === 404);
    },
  },
  {
    id: 'resync.missed-comment',
    level: 'must',
    section: '6',
    title: 'a comment that the owner has and it does not is fetched',
    async run(bench) {
      const { owner, alice } = bench;
      const entry = await heldCopy(bench, alice);
      entry.comments.push(aComment(bench.id('comment'), alice.name, 'Missed'));
      await jump(bench);
      await owner.until(
        () => owner.ask({ path: `/api/v1/positions/ideas/${entry.position.id}/comments` }),
        'the comment "Missed"',
        ({ text }) => text.includes('Missed'),
      );
    },
  },
  {
    id: 'resync.own-comment-again',
    level: 'must',
    section: '6',
    title: 'an own comment that the owner lacks is sent again',
    async run(bench) {
      const { owner, user, alice, withinMs } = bench;
      const entry = await heldCopy(bench, alice);
      const comment = bench.id('comment');
      const isIt = (one: { type: string; data: Record<string, unknown> }) =>
        one.type === 'comment_added' && JSON.stringify(one.data).includes(comment);
      await given('commenting on a copy', async () => {
        await owner.comment(entry.position.id, 'Kept?', comment);
        await alice.receives('the comment', `${user} comments`, isIt);
        await owner.until(
          () => owner.ask({ path: '/api/v1/outbox' }),
          'an outbox that is done with it',
          ({ text }) => !text.includes('"settled":false'),
        );
      });
      // As from a database of yesterday.
      entry.comments.length = 0;
      const from = alice.events.all.length;
      await jump(bench);
      const again = await alice.events.next(isIt, withinMs, from);
      expectThat(
        again !== undefined,
        `${alice.name} has lost ${user}'s comment`,
        'nothing',
        'the comment again',
      );
    },
  },
];

/** Alice has given up everything up to here, and says so with the next event. */
export async function jump({ alice, id }: Bench): Promise<void> {
  alice.newEpoch();
  await given('a revoke of what was never seen', alice.tell(never(id('never')), 'delivered'));
  alice.skip(5);
  await given('a revoke of what was never seen', alice.tell(never(id('never')), 'delivered'));
}

const never = (position: string) =>
  ({ type: 'share_revoked', data: { position_id: position, share_id: uuid() } }) as const;
