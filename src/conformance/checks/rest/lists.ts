import { backendRoutes, outboxState } from '../../../protocol/backend-rest.ts';
import type { Check } from '../../check.ts';
import { expectThat, heldCopy, ownPosition } from '../expect.ts';

const { befriend } = backendRoutes;

/** Friends, notifications and what is on its way. */
export const restListChecks: readonly Check[] = [
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
];
