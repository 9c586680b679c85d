import { v7 as uuid } from 'uuid';
import type { Check } from '../check.ts';
import { heldCopy } from './expect.ts';

/** What is taken back goes away. */
export const revokeChecks: readonly Check[] = [
  {
    id: 'revoke.copy-gone',
    level: 'must',
    section: '6',
    title: "the owner's revoke deletes the copy",
    async run(bench) {
      const { owner, user, alice } = bench;
      const entry = await heldCopy(bench, alice);
      entry.readers.delete(user);
      await alice.tell(alice.revoked(entry), 'delivered');
      await owner.untilRead(entry.position.id, '404', ({ status }) => status === 404);
    },
  },
  {
    id: 'revoke.other-share',
    level: 'must',
    section: '6',
    title: 'a revoke that names another share_id than the copy has is ignored',
    async run(bench) {
      const { owner, alice } = bench;
      const entry = await heldCopy(bench, alice);
      const { type, data } = alice.revoked(entry);
      await alice.tell({ type, data: { ...data, share_id: uuid() } }, 'delivered');
      (await owner.read(entry.position.id)).expect(200);
    },
  },
  {
    id: 'revoke.never-seen',
    level: 'must',
    section: '6',
    title: 'a revoke of a share that was never seen is accepted',
    async run({ alice, id }) {
      await alice.tell(
        { type: 'share_revoked', data: { position_id: id('never'), share_id: uuid() } },
        'delivered',
      );
    },
  },
  {
    id: 'revoke.not-owner',
    level: 'must',
    section: '5',
    title: 'a revoke by a friend who is not the owner is refused, and the copy stays',
    async run(bench) {
      const { owner, alice, dave } = bench;
      const entry = await heldCopy(bench, alice);
      await dave.tell(alice.revoked(entry), 'refused');
      (await owner.read(entry.position.id)).expect(200);
    },
  },
];
