import { expect } from 'vitest';
import { startRelay, startUser } from '../../backend/rig.ts';
import { dial } from '../../relay/rig.ts';
import {
  aComment,
  answered,
  type BreakIn,
  bearer,
  berlin,
  peerToken,
  refusedHandshake,
  threeFriends,
} from './rig.ts';

/** What one backend may ask of another. */
export const peers: readonly BreakIn[] = [
  {
    attempt: "bob's token for alice, replayed at carol's backend and at the relay",
    gets: '401 bad_token, bad_token',
    async tried() {
      const { relay, bob, carol } = await threeFriends();
      const token = await peerToken(bob, 'alice');
      const atCarol = await answered(carol.ask('GET', berlin, undefined, bearer(token)));
      return `${atCarol}, ${await refusedHandshake(dial(relay, { auth: { token, user_id: 'bob' } }))}`;
    },
  },
  {
    attempt: "a peer token in bob's name, signed by carol",
    gets: '401 bad_token',
    async tried() {
      const { alice, carol } = await threeFriends();
      return answered(alice.ask('GET', berlin, undefined, bearer(await peerToken(carol, 'alice', 'bob'))));
    },
  },
  {
    attempt: 'a peer token of a stranger whose friendship is one-sided',
    gets: '401 bad_token',
    async tried() {
      const relay = await startRelay();
      const alice = await startUser('alice', { relay });
      const mallory = await startUser('mallory', { relay, friends: ['alice'] });
      await alice.create('berlin');
      return answered(alice.ask('GET', berlin, undefined, bearer(await peerToken(mallory, 'alice'))));
    },
  },
  {
    attempt: 'a friend who reads what is not shared',
    gets: '404 not_found',
    async tried() {
      const { alice, bob } = await threeFriends();
      await alice.create('rome');
      const rome = '/api/v1/positions/ideas/rome';
      return answered(alice.ask('GET', rome, undefined, bearer(await peerToken(bob, 'alice'))));
    },
  },
  {
    attempt: 'a reader who changes, shares or revokes what is shared',
    gets: '403 forbidden, 403 forbidden, 403 forbidden',
    async tried() {
      const { alice, bob } = await threeFriends();
      const asBob = bearer(await peerToken(bob, 'alice'));
      const tries = [
        alice.ask('PATCH', berlin, { notes: 'mine' }, asBob),
        alice.ask('POST', `${berlin}/share`, { friend_ids: ['bob'] }, asBob),
        alice.ask('DELETE', `${berlin}/share/carol`, undefined, asBob),
      ];
      return (await Promise.all(tries.map(answered))).join(', ');
    },
  },
  {
    attempt: 'a reader whose share was revoked: reads, then comments',
    gets: '404 not_found, refused no_access',
    async tried() {
      const { alice, bob } = await threeFriends();
      const revoked = await alice.revoke('berlin', 'bob');
      expect(await alice.settled(revoked, 'bob')).toBe('delivered');
      const read = await answered(alice.ask('GET', berlin, undefined, bearer(await peerToken(bob, 'alice'))));
      const comment = aComment('bob', 'still here');
      await bob.backend.emit({ id: 'late', to_users: ['alice'], ...comment });
      await alice.step('committed', 'late');
      const { records } = await alice.inbox();
      const late = records.find(({ event }) => event.id === 'late');
      return `${read}, ${late?.outcome} ${late?.code}`;
    },
  },
];
