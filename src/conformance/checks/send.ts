import type { DeliveredEvent } from '../../protocol/events.ts';
import { ask } from '../bench/ask.ts';
import type { Bench } from '../bench/bench.ts';
import type { Check } from '../check.ts';
import { given } from '../check.ts';
import { expectThat, heldCopy, ownPosition, sharedPosition } from './expect.ts';

/** What goes out when the user acts. */
export const sendChecks: readonly Check[] = [
  {
    id: 'send.shared',
    level: 'must',
    section: '1',
    title: 'a share goes out as position_shared, under the id that the act answered',
    async run(bench) {
      const { owner, alice } = bench;
      const { id } = await ownPosition(bench);
      const [event] = await owner.share(id, alice.name);
      const came = await receivesAbout(bench, 'position_shared', id);
      expectThat(
        came.id === event,
        `the share answered event_ids [${event}]`,
        `it is ${came.id}`,
        event ?? 'an id',
      );
    },
  },
  {
    id: 'send.share-url',
    level: 'must',
    section: '5',
    title: 'share_url has the origin that the user registered, and answers the reader',
    async run(bench) {
      const { owner, alice } = bench;
      const { id } = await sharedPosition(bench, [alice]);
      const came = await receivesAbout(bench, 'position_shared', id);
      const url = new URL(came.type === 'position_shared' ? came.data.share_url : 'none:');
      expectThat(url.origin === new URL(owner.url).origin, 'share_url', url.href, `one at ${owner.url}`);
      const path = `${url.pathname}${url.search}`;
      const answer = await ask(url.origin, {
        path,
        token: await alice.peerToken(),
        as: `${alice.name}'s peer token`,
      });
      answer.expect(200);
    },
  },
  {
    id: 'send.share-id',
    level: 'should',
    section: '1',
    title: 'a share carries version and share_id, new at each grant, and its revoke the same share_id',
    async run(bench) {
      const { owner, alice } = bench;
      const { id } = await sharedPosition(bench, [alice]);
      const first = await receivesAbout(bench, 'position_shared', id);
      await owner.revoke(id, alice.name);
      const revoke = await receivesAbout(bench, 'share_revoked', id);
      const grant = first.data.share_id;
      const right = grant !== undefined && revoke.data.share_id === grant && first.data.version === 1;
      expectThat(
        right,
        'a share and its revoke',
        [first.data, revoke.data],
        'version 1, and the same share_id',
      );
      const from = alice.events.all.length;
      await owner.share(id, alice.name);
      const again = await alice.events.next(
        ({ type, data }) => type === 'position_shared' && data.position_id === id,
        bench.withinMs,
        from,
      );
      const other = again?.data.share_id;
      expectThat(other !== undefined && other !== grant, 'shared again', again?.data, 'a new share_id');
    },
  },
  {
    id: 'send.updated',
    level: 'must',
    section: '1',
    title: 'a change goes out as position_updated, with the new values',
    async run(bench) {
      const { owner, alice } = bench;
      const { id } = await sharedPosition(bench, [alice]);
      await owner.update(id, { notes: 'New' });
      const { data } = await receivesAbout(bench, 'position_updated', id);
      const notes = 'updates' in data && isRecord(data.updates) ? data.updates.notes : undefined;
      expectThat(notes === 'New', 'PATCH {"notes":"New"}', data, 'updates with the notes');
      expectThat(data.version === 2, 'PATCH {"notes":"New"}', data, 'version 2');
    },
  },
  {
    id: 'send.revoked',
    level: 'must',
    section: '1',
    title: 'taking a share back goes out as share_revoked',
    async run(bench) {
      const { owner, alice } = bench;
      const { id } = await sharedPosition(bench, [alice]);
      await owner.revoke(id, alice.name);
      await receivesAbout(bench, 'share_revoked', id);
    },
  },
  {
    id: 'send.comment',
    level: 'must',
    section: '1',
    title: "the user's comment on an own position goes out to every reader as comment_added",
    async run(bench) {
      const { owner, user, alice, dave } = bench;
      const { id } = await sharedPosition(bench, [alice, dave]);
      const comment = bench.id('comment');
      await owner.comment(id, 'For everybody', comment);
      for (const reader of [alice, dave]) {
        const sent = `${user} comments on ${id}`;
        await reader.receives(
          'the comment',
          sent,
          (one) => one.type === 'comment_added' && one.data.comment.id === comment,
        );
      }
    },
  },
  {
    id: 'send.not-to-others',
    level: 'must',
    section: '5',
    title: 'nobody is told of what is not shared with them',
    async run(bench) {
      const { owner, user, alice, dave } = bench;
      const secret = await sharedPosition(bench, [dave]);
      await owner.update(secret.id, { notes: 'Not for everybody' });
      await owner.comment(secret.id, 'Nor this');
      // Behind them in the order of the acts: what alice gets of them she gets before this.
      await sharedPosition(bench, [alice]);
      const leak = alice.events.all.find(({ data }) => data.position_id === secret.id);
      expectThat(
        leak === undefined,
        `${user} acts on what ${dave.name} alone may see`,
        leak,
        'nothing of it',
      );
    },
  },
  {
    id: 'send.in-order',
    level: 'must',
    section: '6',
    title: 'the events for one recipient go out in the order of the acts',
    async run(bench) {
      const { owner, alice, withinMs } = bench;
      const { id } = await sharedPosition(bench, [alice]);
      const texts = Array.from({ length: 10 }, (_, index) => `comment ${index}`);
      for (const text of texts) await owner.comment(id, text);
      const got = () =>
        alice.events.all.flatMap((one) =>
          one.type === 'comment_added' && one.data.position_id === id ? [one.data.comment.text] : [],
        );
      await alice.events.next(() => got().length >= texts.length, withinMs);
      const order = [...new Set(got())];
      expectThat(order.join() === texts.join(), 'ten comments, one after the other', order, texts.join());
    },
  },
  {
    id: 'send.numbers',
    level: 'should',
    section: '6',
    title: 'events carry epoch, seq and base, counting by one for each recipient',
    async run(bench) {
      const { owner, alice } = bench;
      const { id } = await sharedPosition(bench, [alice]);
      await given('commenting', owner.comment(id, 'Next'));
      const first = await receivesAbout(bench, 'position_shared', id);
      const second = await receivesAbout(bench, 'comment_added', id);
      const counted =
        first.epoch !== undefined &&
        first.epoch === second.epoch &&
        first.seq !== undefined &&
        second.seq === first.seq + 1 &&
        (second.base ?? 0) <= second.seq;
      const came = [first, second].map(({ epoch, seq, base }) => ({ epoch, seq, base }));
      expectThat(counted, 'a share and a comment', came, 'one epoch, seq and the next, base not above it');
    },
  },
  {
    id: 'send.comment-on-copy-once',
    level: 'must',
    section: '5',
    title: "the user's comment on a copy goes to its owner alone",
    async run(bench) {
      const { owner, alice, dave } = bench;
      const { position } = await heldCopy(bench, alice);
      const comment = bench.id('comment');
      await owner.comment(position.id, 'For the owner', comment);
      const isIt = (one: DeliveredEvent) => one.type === 'comment_added' && one.data.comment.id === comment;
      await alice.receives('the comment', 'a comment on a copy', isIt);
      await sharedPosition(bench, [dave]);
      const leak = dave.events.all.find(isIt);
      expectThat(leak === undefined, 'a comment on a copy', leak, `nothing of it for ${dave.name}`);
    },
  },
];

/** The first event of that type about a position that alice gets. */
function receivesAbout({ alice, user }: Bench, type: DeliveredEvent['type'], position: string) {
  return alice.receives(
    type,
    `${user} acts on ${position}`,
    (one) => one.type === type && one.data.position_id === position,
  );
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;
