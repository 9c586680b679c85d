import { expect } from 'vitest';
import { userId } from '../../../src/protocol/ids.ts';
import { MemoryBus } from '../../../src/relay/bus/memory-bus.ts';
import { startRelay, startUser } from '../../backend/rig.ts';
import { join } from '../../relay/rig.ts';
import { eavesdrop, startNodes, untilAllRead, untilQuiet } from '../../relay/two-nodes-rig.ts';
import { aComment, type BreakIn, forged, threeFriends } from './rig.ts';

/** What one user's backend puts on the wire in spite of the rules. */
export const forgeries: readonly BreakIn[] = [
  {
    attempt: "a reader's update of somebody else's position",
    gets: 'refused not_owner',
    async tried() {
      const data = { position_id: 'berlin', version: 2, updates: { notes: 'sell everything' } };
      const { people, word } = await forged({ type: 'position_updated', data }, 'bob', 'carol');
      expect((await people.carol.positions())[0]).toMatchObject({ version: 1, notes: '' });
      return word;
    },
  },
  {
    attempt: "a reader's revoke of somebody else's share",
    gets: 'refused not_owner',
    async tried() {
      const data = { position_id: 'berlin' };
      const { people, word } = await forged({ type: 'share_revoked', data }, 'bob', 'carol');
      expect(await people.carol.positions()).toHaveLength(1);
      return word;
    },
  },
  {
    attempt: "a comment in another reader's name, to the owner",
    gets: 'refused not_author',
    async tried() {
      const comment = aComment('carol', 'I never said that');
      const { people, word } = await forged(comment, 'bob', 'alice');
      expect(await people.alice.comments('berlin')).toEqual([]);
      return word;
    },
  },
  {
    attempt: 'a comment past the owner, from reader to reader',
    gets: 'refused not_owner',
    async tried() {
      const comment = aComment('bob', 'psst');
      return (await forged(comment, 'bob', 'carol')).word;
    },
  },
  {
    attempt: 'a share under an id that the recipient owns',
    gets: 'refused id_taken',
    async tried() {
      const data = { position_id: 'berlin', share_url: 'http://127.0.0.1:1/' };
      return (await forged({ type: 'position_shared', data }, 'bob', 'alice')).word;
    },
  },
  {
    attempt: 'an acknowledgement of what was sent to somebody else',
    gets: 'still waiting for bob',
    async tried() {
      const relay = await startRelay();
      const alice = await startUser('alice', { relay, friends: ['bob', 'carol'] });
      const carol = await join(relay, 'carol', { friends: ['alice'], acks: true });
      await alice.create('berlin');
      const id = await alice.share('berlin', 'bob');
      await alice.step('settled', id, { to: userId.parse('bob') });
      carol.socket.emit('collab_ack', {
        from: 'alice',
        epoch: 'made-up',
        upto: 1000,
        results: [{ id, status: 'delivered' }],
      });
      // carol's next word comes after it, on the same connection.
      const after = { type: 'share_revoked', to_users: ['alice'], data: { position_id: 'x' }, id: 'after' };
      await carol.submit(after);
      await alice.step('committed', 'after');
      const [row] = (await alice.outbox(id)).entries;
      return row?.stage === 'unavailable' ? 'still waiting for bob' : row?.stage;
    },
  },
  {
    attempt: 'receipts that a client makes up for another',
    gets: 'nothing passed on',
    async tried() {
      const relay = await startRelay();
      const alice = await join(relay, 'alice', { friends: ['bob', 'mallory'] });
      const mallory = await join(relay, 'mallory', { friends: ['alice'] });
      for (const name of ['collab_receipt', 'presence', 'wake', 'ready', 'server_draining']) {
        mallory.socket.emit(name, [{ id: 'e1', to: 'bob', stage: 'delivered', user_id: 'alice' }]);
      }
      await mallory.submit({ type: 'share_revoked', to_users: ['alice'], data: { position_id: 'x' } });
      await alice.next('collab_event');
      const woken = alice.named('wake').filter(({ user_id }) => user_id !== 'mallory');
      const passed = [...alice.receipts(), ...alice.named('server_draining'), ...woken];
      return passed.length === 0 ? 'nothing passed on' : passed;
    },
  },
  {
    attempt: 'what one node of the relay told another, told again by who may use their Redis',
    gets: 'ignored',
    async tried() {
      const bus = new MemoryBus();
      const nodes = await startNodes({ settings: {}, options: { bus: bus.open } }, 2);
      const [here, there] = nodes;
      if (!here || !there) throw new Error('two are needed');
      const { heard, wire } = await eavesdrop(bus, 'collab:user:bob');
      const bob = await join(here, 'bob', { friends: ['alice'] });
      await untilQuiet(nodes);
      const alice = await join(there, 'alice', { friends: ['bob'] });
      await bob.next('presence', ({ status }) => status === 'online');
      alice.socket.emit('bye');
      alice.socket.disconnect();
      await bob.next('presence', ({ status }) => status === 'offline');
      await untilQuiet(nodes);
      const before = bob.frames.length;
      for (const text of [...heard]) await wire.publish('collab:user:bob', text);
      await untilAllRead(nodes, [[here, 'bob', bob]]);
      return heard.length > 0 && bob.frames.length === before ? 'ignored' : bob.frames.slice(before);
    },
  },
  {
    attempt: 'the same event ten times',
    gets: 'one effect',
    async tried() {
      const { alice, bob } = await threeFriends();
      const comment = aComment('bob', 'once');
      const event = { id: 'again', to_users: ['alice'], ...comment };
      for (let n = 0; n < 10; n += 1) await bob.backend.emit(event);
      await bob.comment('berlin', 'last');
      await alice.told.next((one) => one.type === 'step' && one.step === 'notified' && one.event !== 'again');
      const thread = await alice.comments('berlin');
      return thread.join() === 'bob: once,bob: last' ? 'one effect' : thread;
    },
  },
];
