import type { Check } from '../../check.ts';
import { expectThat, ideas, sharedPosition } from '../expect.ts';
import { lookMs } from './answered-with.ts';

/** Questions that go through the relay. */
export const relayedFetchChecks: readonly Check[] = [
  {
    id: 'fetch.relay.answers',
    level: 'should',
    section: '6',
    title: 'a collab_fetch that comes through the relay is answered as the GET would be',
    async run(bench) {
      const { user, alice, withinMs } = bench;
      const { id } = await sharedPosition(bench, [alice]);
      const path = `${ideas}/${id}`;
      const result = await alice.line.fetch(user, path, await alice.peerToken(), withinMs);
      expectThat(result?.status === 200, `collab_fetch ${path}`, result, 'status 200 and the position');
      const hidden = `${ideas}/${bench.id('nowhere')}`;
      const none = await alice.line.fetch(user, hidden, await alice.peerToken(), withinMs);
      expectThat(none?.status === 404, `collab_fetch ${hidden}`, none, 'status 404');
    },
  },
  {
    id: 'fetch.relay.gate',
    level: 'must',
    section: '6',
    title: 'through the relay nobody gets what a GET would not give',
    async run(bench) {
      const { user, alice, dave, withinMs } = bench;
      const { id } = await sharedPosition(bench, [dave]);
      const token = await alice.peerToken();
      for (const path of [`${ideas}/${id}`, '/api/v1/notifications', '/api/v1/outbox']) {
        const result = await alice.line.fetch(user, path, token, Math.min(withinMs, lookMs));
        expectThat(result?.status !== 200, `collab_fetch ${path}`, result, 'no 200');
      }
    },
  },
  {
    id: 'fetch.relay.asks',
    level: 'should',
    section: '6',
    title: 'a friend who cannot be connected to is asked through the relay',
    async run(bench) {
      const { owner, alice } = bench;
      const entry = alice.grant(bench.id('behind-nat'));
      await using _shut = await alice.face.shut();
      await alice.tell(alice.shared(entry), 'delivered');
      await owner.untilRead(entry.position.id, 'the copy, by collab_fetch', ({ status }) => status === 200);
    },
  },
];
