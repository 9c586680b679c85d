import { v7 as uuid } from 'uuid';
import type { Draft } from '../bench/peer.ts';
import type { BookEntry } from '../bench/peer-book.ts';
import type { Check } from '../check.ts';
import { fieldsOf, heldCopy } from './expect.ts';

/** What a copy does about its owner's changes. */
export const updateChecks: readonly Check[] = [
  {
    id: 'update.next-version',
    level: 'must',
    section: '6',
    title: 'an update of the next version is applied to the copy',
    async run(bench) {
      const { owner, alice } = bench;
      const entry = await heldCopy(bench, alice, { notes: 'Before', tags: ['kept'] });
      alice.book.change(entry, { notes: 'After' });
      await alice.tell(updated(entry, { notes: 'After' }, 2), 'delivered');
      const after = await owner.untilRead(
        entry.position.id,
        'version 2 with the new notes and the old tags',
        (answer) => fieldsOf(answer).notes === 'After' && fieldsOf(answer).version === 2,
      );
      if (String(fieldsOf(after).tags) !== 'kept') throw after.broken('the tags as they were');
    },
  },
  {
    id: 'update.version-older',
    level: 'must',
    section: '6',
    title: 'an update that is not newer than the copy is ignored',
    async run(bench) {
      const { owner, alice } = bench;
      const entry = await heldCopy(bench, alice, { version: 5, notes: 'Newest' });
      await alice.tell(updated(entry, { notes: 'Older' }, 4), 'delivered');
      const after = (await owner.read(entry.position.id)).expect(200);
      const { notes, version } = fieldsOf(after);
      if (notes !== 'Newest' || version !== 5) throw after.broken('version 5 with its notes');
    },
  },
  {
    id: 'update.gap-refetches',
    level: 'must',
    section: '6',
    title: 'an update that leaves versions out has the position fetched again',
    async run(bench) {
      const { owner, alice } = bench;
      const entry = await heldCopy(bench, alice);
      alice.book.change(entry, { notes: 'Second' });
      alice.book.change(entry, { tags: ['third'] });
      await alice.tell(updated(entry, { tags: ['third'] }, 3), 'delivered');
      await owner.untilRead(entry.position.id, 'version 3 with what came in between', (answer) => {
        const { notes, version } = fieldsOf(answer);
        return notes === 'Second' && version === 3;
      });
    },
  },
  {
    id: 'update.merged',
    level: 'must',
    section: '6',
    title: 'a merged update, with from_version, is applied whole',
    async run(bench) {
      const { owner, alice } = bench;
      const entry = await heldCopy(bench, alice);
      alice.book.change(entry, { notes: 'Second' });
      alice.book.change(entry, { tags: ['third'] });
      const { type, data } = updated(entry, { notes: 'Second', tags: ['third'] }, 3);
      await alice.tell({ type, data: { ...data, from_version: 1 } }, 'delivered');
      await owner.untilRead(entry.position.id, 'version 3 with notes and tags', (answer) => {
        const { notes, version, tags } = fieldsOf(answer);
        return notes === 'Second' && String(tags) === 'third' && version === 3;
      });
    },
  },
  {
    id: 'update.not-owner',
    level: 'must',
    section: '5',
    title: 'an update by a friend who is not the owner is refused',
    async run(bench) {
      const { owner, alice, dave } = bench;
      const entry = await heldCopy(bench, alice, { notes: 'Hers' });
      await dave.tell(updated(entry, { notes: 'His' }, 2), 'refused');
      const after = (await owner.read(entry.position.id)).expect(200);
      if (fieldsOf(after).notes !== 'Hers') throw after.broken('the notes as they were');
    },
  },
  {
    id: 'update.own-position',
    level: 'must',
    section: '5',
    title: "an update of the user's own position by a friend is refused",
    async run(bench) {
      const { owner, alice, id } = bench;
      const own = await owner.create(id('own'), { notes: 'Mine' });
      const data = { position_id: own.id, updates: { notes: 'Hers' }, version: 2 };
      await alice.tell({ type: 'position_updated', data, id: uuid() }, 'refused');
      const after = (await owner.read(own.id)).expect(200);
      if (fieldsOf(after).notes !== 'Mine') throw after.broken('the notes as they were');
    },
  },
];

const updated = ({ position }: BookEntry, updates: Record<string, unknown>, version: number): Draft => ({
  type: 'position_updated',
  data: { position_id: position.id, updates, version },
});
