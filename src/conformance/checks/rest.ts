import { z } from 'zod';
import { backendRoutes, outboxState } from '../../protocol/backend-rest.ts';
import { problemDetails } from '../../protocol/problem-details.ts';
import type { Check } from '../check.ts';
import { expectThat, fieldsOf, heldCopy, ideas, ownPosition, sharedPosition } from './expect.ts';

const { createPosition, updatePosition, sharePosition, addComment, befriend } = backendRoutes;
const withIds = z.looseObject({ event_ids: z.array(z.string()) });

/** What the user's own page asks. */
export const restChecks: readonly Check[] = [
  {
    id: 'rest.position.create',
    level: 'must',
    section: '4',
    title: 'POST of a position answers 201 with the position, version 1, owned by the user',
    async run({ owner, user, id }) {
      const body = { id: id('own'), symbol: 'SAP', notes: 'Watch the earnings', tags: ['swing'] };
      const answer = (await owner.ask({ method: 'POST', path: ideas, body })).expect(201);
      const made = answer.as(createPosition.answer);
      const right = made.id === body.id && made.owner_id === user && made.version === 1 && !made.read_only;
      if (!right) throw answer.broken(`id ${body.id}, owner_id ${user}, version 1, read_only false`);
      if (made.notes !== body.notes || made.symbol !== body.symbol) throw answer.broken('what was POSTed');
    },
  },
  {
    id: 'rest.position.list',
    level: 'must',
    section: '4',
    title: 'GET of the positions lists own ones and copies',
    async run(bench) {
      const { owner, alice } = bench;
      const own = await ownPosition(bench);
      const copy = await heldCopy(bench, alice);
      const ids = (await owner.positions()).map((position) => position.id);
      for (const wanted of [own.id, copy.position.id]) {
        expectThat(
          ids.some((one) => one === wanted),
          `GET ${ideas}`,
          ids,
          `${wanted} among them`,
        );
      }
    },
  },
  {
    id: 'rest.position.unknown-is-404',
    level: 'must',
    section: '4',
    title: 'a position that nobody knows is 404',
    async run({ owner, id }) {
      (await owner.read(id('nowhere'))).expect(404);
    },
  },
  {
    id: 'rest.position.bad-body',
    level: 'must',
    section: '4',
    title: 'a body that is no position is 4xx, and nothing is written',
    async run({ owner, id }) {
      const name = id('bad');
      const answer = await owner.ask({ method: 'POST', path: ideas, body: { id: name, symbol: 17 } });
      answer.expect(400, 422);
      (await owner.read(name)).expect(404);
    },
  },
  {
    id: 'rest.problem-details',
    level: 'should',
    section: '2',
    title: 'errors are application/problem+json with a code word',
    async run({ owner, id }) {
      const answer = (await owner.read(id('nowhere'))).expect(404);
      answer.as(problemDetails.pick({ status: true, code: true }));
      const type = answer.headers['content-type'] ?? '';
      expectThat(/^application\/problem\+json/.test(type), answer.sent, type, 'application/problem+json');
    },
  },
  {
    id: 'rest.position.update',
    level: 'must',
    section: '4',
    title: 'PATCH changes the keys it names, counts the version on, and answers event_ids',
    async run(bench) {
      const { owner } = bench;
      const { id } = await ownPosition(bench, { notes: 'Before', tags: ['kept'] });
      const answer = await owner.ask({
        method: 'PATCH',
        path: `${ideas}/${id}`,
        body: { notes: 'After' },
      });
      const { position } = answer.expect(200).as(updatePosition.answer);
      const right = position.version === 2 && position.notes === 'After' && position.tags[0] === 'kept';
      if (!right) throw answer.broken('version 2, the new notes, and the tags as they were');
    },
  },
  {
    id: 'rest.position.update-unknown-is-404',
    level: 'must',
    section: '4',
    title: 'PATCH of a position that nobody knows is 404',
    async run({ owner, id }) {
      const path = `${ideas}/${id('nowhere')}`;
      (await owner.ask({ method: 'PATCH', path, body: { notes: 'x' } })).expect(404);
    },
  },
  {
    id: 'rest.copy.change-is-403',
    level: 'must',
    section: '4',
    title: 'changing a read-only copy is 403',
    async run(bench) {
      const { position } = await heldCopy(bench, bench.alice);
      const path = `${ideas}/${position.id}`;
      (await bench.owner.ask({ method: 'PATCH', path, body: { notes: 'Mine' } })).expect(403);
    },
  },
  {
    id: 'rest.copy.share-is-403',
    level: 'must',
    section: '4',
    title: 'sharing a read-only copy on is 403',
    async run(bench) {
      const { position } = await heldCopy(bench, bench.alice);
      const path = `${ideas}/${position.id}/share`;
      const body = { friend_ids: [bench.dave.name] };
      (await bench.owner.ask({ method: 'POST', path, body })).expect(403);
    },
  },
  {
    id: 'rest.share',
    level: 'must',
    section: '4',
    title: 'POST of a share answers the position, its reader in shared_with, and event_ids',
    async run(bench) {
      const { owner, alice } = bench;
      const { id } = await ownPosition(bench);
      const path = `${ideas}/${id}/share`;
      const answer = await owner.ask({ method: 'POST', path, body: { friend_ids: [alice.name] } });
      const { position, event_ids } = answer.expect(200, 201).as(sharePosition.answer);
      const listed = position.shared_with?.some((reader) => reader === alice.name);
      if (!listed || event_ids.length === 0)
        throw answer.broken(`${alice.name} in shared_with, and an event id`);
    },
  },
  {
    id: 'rest.share.unknown-is-404',
    level: 'must',
    section: '4',
    title: 'sharing a position that nobody knows is 404',
    async run({ owner, alice, id }) {
      const path = `${ideas}/${id('nowhere')}/share`;
      (await owner.ask({ method: 'POST', path, body: { friend_ids: [alice.name] } })).expect(404);
    },
  },
  {
    id: 'rest.share.twice-sends-once',
    level: 'should',
    section: '4',
    title: 'sharing again with somebody who has it sends no second event',
    async run(bench) {
      const { owner, alice } = bench;
      const { id } = await sharedPosition(bench, [alice]);
      const again = await owner.share(id, alice.name);
      expectThat(again.length === 0, `POST ${ideas}/${id}/share again`, again, 'no event ids');
    },
  },
  {
    id: 'rest.revoke',
    level: 'must',
    section: '4',
    title: 'DELETE of a share answers event_ids, and the reader is gone from shared_with',
    async run(bench) {
      const { owner, alice } = bench;
      const { id } = await sharedPosition(bench, [alice]);
      const answer = await owner.ask({ method: 'DELETE', path: `${ideas}/${id}/share/${alice.name}` });
      answer.expect(200).as(withIds);
      const after = (await owner.read(id)).expect(200);
      const { shared_with } = after.as(createPosition.answer);
      if (shared_with?.some((reader) => reader === alice.name)) throw after.broken('no reader');
    },
  },
  {
    id: 'rest.revoke.not-shared-is-404',
    level: 'should',
    section: '4',
    title: 'taking back a share that is none is 404',
    async run(bench) {
      const { id } = await ownPosition(bench);
      const path = `${ideas}/${id}/share/${bench.alice.name}`;
      (await bench.owner.ask({ method: 'DELETE', path })).expect(404);
    },
  },
  {
    id: 'rest.comment',
    level: 'must',
    section: '4',
    title: 'POST of a comment answers 201 with the comment, by the user',
    async run(bench) {
      const { owner, user } = bench;
      const { id } = await ownPosition(bench);
      const path = `${ideas}/${id}/comments`;
      const answer = await owner.ask({ method: 'POST', path, body: { text: 'Great setup!' } });
      const { comment } = answer.expect(201).as(addComment.answer);
      if (comment.user.id !== user || comment.text !== 'Great setup!')
        throw answer.broken(`a comment by ${user}`);
    },
  },
  {
    id: 'rest.comment.oldest-first',
    level: 'must',
    section: '4',
    title: 'a thread is listed oldest first',
    async run(bench) {
      const { owner } = bench;
      const { id } = await ownPosition(bench);
      for (const text of ['one', 'two', 'three']) await owner.comment(id, text);
      const texts = (await owner.thread(id)).map(({ text }) => text);
      const right = texts.join() === 'one,two,three';
      expectThat(right, `GET ${ideas}/${id}/comments`, texts, 'one, two, three');
    },
  },
  {
    id: 'rest.comment.unknown-is-404',
    level: 'must',
    section: '4',
    title: 'commenting on a position that nobody knows is 404',
    async run({ owner, id }) {
      const path = `${ideas}/${id('nowhere')}/comments`;
      (await owner.ask({ method: 'POST', path, body: { text: 'Hello?' } })).expect(404);
      (await owner.ask({ path })).expect(404);
    },
  },
  {
    id: 'rest.friends.list',
    level: 'must',
    section: '4',
    title: 'GET of the friends has each with name and presence',
    async run({ owner, alice }) {
      const answer = await owner.until(
        () => owner.ask({ path: '/api/v1/friends' }),
        `${alice.name}, online`,
        (one) => {
          const friends = one.expect(200).as(backendRoutes.listFriends.answer);
          return friends.some(({ user_id, status }) => user_id === alice.name && status === 'online');
        },
      );
      answer.expect(200);
    },
  },
  {
    id: 'rest.friends.add-and-remove',
    level: 'must',
    section: '4',
    title: 'POST adds a friend, DELETE removes one',
    async run({ owner, id }) {
      const name = id('someone');
      const body = { user_id: name };
      const answer = await owner.ask({ method: 'POST', path: '/api/v1/friends', body });
      const added = answer.expect(201, 200).as(befriend.answer.pick({ user_id: true }));
      if (added.user_id !== name) throw answer.broken(`user_id ${name}`);
      const listed = await owner.friends();
      const there = listed.some(({ user_id }) => user_id === name);
      expectThat(there, 'GET /api/v1/friends', listed, `${name} among them`);
      await owner.unfriend(name);
      const left = await owner.friends();
      expectThat(!left.some(({ user_id }) => user_id === name), 'GET /api/v1/friends', left, `no ${name}`);
    },
  },
  {
    id: 'rest.notifications',
    level: 'must',
    section: '4',
    title: 'what comes in is told in the notifications, newest first',
    async run(bench) {
      const { owner, alice } = bench;
      const first = await heldCopy(bench, alice);
      const second = await heldCopy(bench, alice);
      const answer = await owner.until(
        () => owner.ask({ path: '/api/v1/notifications' }),
        'both shares, the newer one before the older one',
        (one) => {
          const all = one.expect(200).as(backendRoutes.listNotifications.answer);
          const at = ({ position }: typeof first) =>
            all.findIndex(
              ({ kind, position_id }) => kind === 'position_shared' && position_id === position.id,
            );
          return at(second) >= 0 && at(first) > at(second);
        },
      );
      answer.expect(200);
    },
  },
  {
    id: 'rest.outbox',
    level: 'must',
    section: '4',
    title: 'the outbox shows an own event by its id until it is delivered',
    async run(bench) {
      const { owner, alice } = bench;
      using _silence = alice.silence();
      const { id } = await ownPosition(bench);
      const [event] = await owner.share(id, alice.name);
      const answer = (await owner.ask({ path: '/api/v1/outbox' })).expect(200);
      const { pending, entries } = answer.as(outboxState);
      const entry = entries.find(({ event_id, to }) => event_id === event && to === alice.name);
      if (!entry || pending < 1 || entry.settled) {
        throw answer.broken(`an unsettled entry of ${event} for ${alice.name}, and pending at least 1`);
      }
    },
  },
  {
    id: 'rest.retry.position',
    level: 'must',
    section: '4',
    title: 'the same POST of a position again, with its id, makes no second one',
    async run({ owner, id }) {
      const body = { id: id('own'), symbol: 'SAP' };
      (await owner.ask({ method: 'POST', path: ideas, body })).expect(201);
      const again = (await owner.ask({ method: 'POST', path: ideas, body })).expect(200, 201);
      if (fieldsOf(again).id !== body.id) throw again.broken('the same position');
      const same = (await owner.positions()).filter((position) => position.id === body.id);
      expectThat(same.length === 1, `GET ${ideas}`, same, 'the position once');
    },
  },
  {
    id: 'rest.retry.comment',
    level: 'must',
    section: '4',
    title: 'the same POST of a comment again, with its id, makes no second one and sends nothing new',
    async run(bench) {
      const { owner, alice } = bench;
      const { id } = await sharedPosition(bench, [alice]);
      const comment = bench.id('comment');
      const first = await owner.comment(id, 'Once', comment);
      const again = await owner.comment(id, 'Once', comment);
      const thread = await owner.thread(id);
      expectThat(thread.length === 1, `GET ${ideas}/${id}/comments`, thread, 'one comment');
      const sent = `POST ${ideas}/${id}/comments, the same twice`;
      const news = again.filter((event) => !first.includes(event));
      expectThat(news.length === 0, sent, { first, again }, 'no new event ids');
    },
  },
  {
    id: 'rest.retry.conflict',
    level: 'should',
    section: '4',
    title: 'an id that is taken by something else is 409',
    async run({ owner, id }) {
      const name = id('own');
      (await owner.ask({ method: 'POST', path: ideas, body: { id: name, symbol: 'SAP' } })).expect(201);
      const other = await owner.ask({ method: 'POST', path: ideas, body: { id: name, symbol: 'IBM' } });
      other.expect(409);
    },
  },
];
