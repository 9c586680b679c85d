import { collabAck } from '../bench/acks.ts';
import type { Check } from '../check.ts';
import { Blocked } from '../check.ts';
import { expectThat, fieldsOf, heldCopy, ownPosition } from './expect.ts';

/** What nobody may be made to hold or to fetch. */
export const shareChecks: readonly Check[] = [
  {
    id: 'share.id-taken',
    level: 'must',
    section: '5',
    title: "a share under an id that is another friend's is refused",
    async run(bench) {
      const { owner, alice, dave } = bench;
      const { position } = await heldCopy(bench, alice);
      const his = dave.grant(position.id);
      await dave.tell(dave.shared(his), 'refused');
      his.readers.clear();
      const after = (await owner.read(position.id)).expect(200);
      if (fieldsOf(after).owner_id !== alice.name) throw after.broken(`owner_id ${alice.name}`);
    },
  },
  {
    id: 'share.own-id',
    level: 'must',
    section: '5',
    title: "a share under the id of one of the user's own positions is refused",
    async run(bench) {
      const { owner, user, alice } = bench;
      const own = await ownPosition(bench);
      const hers = alice.grant(own.id);
      await alice.tell(alice.shared(hers), 'refused');
      hers.readers.clear();
      const after = (await owner.read(own.id)).expect(200);
      if (fieldsOf(after).owner_id !== user) throw after.broken(`owner_id ${user}`);
    },
  },
  {
    id: 'share.bad-origin',
    level: 'must',
    section: '5',
    title: 'a share_url of another origin than the friend has registered is refused and never asked',
    async run(bench) {
      const { alice, dave, id } = bench;
      const entry = alice.book.add(id('shared'));
      const { type, data } = alice.shared(entry);
      const share_url = dave.shareUrl(entry.position.id);
      await alice.tell({ type, data: { ...data, share_url } }, 'refused');
      const asked = dave.face.requests.all.find(({ path }) => path.includes(entry.position.id));
      expectThat(asked === undefined, `a share_url at ${dave.name}'s`, asked, 'no request there');
    },
  },
  {
    id: 'share.stranger',
    level: 'must',
    section: '5',
    title: 'an event of a stranger is refused, even if a relay hands it over',
    async run(bench) {
      const { owner, user, wire, carol, id, withinMs } = bench;
      const entry = carol.grant(id('shared'));
      const { type, data } = carol.shared(entry);
      const event = id('event');
      const from = wire.frames.all.length;
      const injected = wire.inject({
        type,
        id: event,
        from_user: carol.name,
        to_users: [user],
        data,
        sent_at: new Date().toISOString(),
      });
      if (!injected) throw new Blocked('the backend has no WebSocket to the relay');
      const ack = await wire.frames.next((frame) => collabAck(frame, event) !== undefined, withinMs, from);
      const status = ack && collabAck(ack, event);
      expectThat(status !== 'delivered', `${carol.name}, who is no friend, shares`, status, 'refused');
      (await owner.read(entry.position.id)).expect(404);
      const asked = carol.face.requests.all.find(({ path }) => path.includes(entry.position.id));
      expectThat(asked === undefined, `${carol.name} shares`, asked, `no request to ${carol.name}`);
    },
  },
];
