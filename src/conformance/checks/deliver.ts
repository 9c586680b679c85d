import { backendRoutes } from '../../protocol/backend-rest.ts';
import { contradicts } from '../bench/peer.ts';
import type { Check } from '../check.ts';
import { aComment, expectThat, fieldsOf, heldCopy } from './expect.ts';

/** What comes in: taken once, acknowledged after the commit, fetched, and shown. */
export const deliverChecks: readonly Check[] = [
  {
    id: 'deliver.share',
    level: 'must',
    section: '6',
    title: "a friend's position_shared is acknowledged as delivered",
    async run({ alice, id }) {
      await alice.tell(alice.shared(alice.grant(id('shared'))), 'delivered');
    },
  },
  {
    id: 'deliver.copy',
    level: 'must',
    section: '6',
    title: 'the shared position is fetched from share_url and held as a read-only copy',
    async run({ owner, alice, id }) {
      const entry = alice.grant(id('shared'), { notes: 'Watch the earnings' });
      await alice.tell(alice.shared(entry), 'delivered');
      const answer = await owner.untilRead(
        entry.position.id,
        `${alice.name}'s position`,
        ({ status }) => status === 200,
      );
      const { owner_id, read_only, notes } = answer.as(backendRoutes.readPosition.answer);
      const right = owner_id === alice.name && read_only && notes === 'Watch the earnings';
      if (!right) throw answer.broken(`owner_id ${alice.name}, read_only true, and the notes`);
    },
  },
  {
    id: 'deliver.comments-with-copy',
    level: 'must',
    section: '5',
    title: "a new reader's fetch brings the comments that are there already",
    async run(bench) {
      const { owner, alice, id } = bench;
      const entry = alice.grant(id('shared'));
      entry.comments.push(aComment(id('comment'), alice.name, 'From before'));
      await alice.tell(alice.shared(entry), 'delivered');
      await owner.until(
        () => owner.ask({ path: `/api/v1/positions/ideas/${entry.position.id}/comments` }),
        'the comment "From before"',
        ({ status, text }) => status === 200 && text.includes('From before'),
      );
    },
  },
  {
    id: 'deliver.without-numbers',
    level: 'must',
    section: '6',
    title: "an event without epoch and seq, as the brief's own clients send it, is taken",
    async run({ owner, alice, id }) {
      const entry = alice.grant(id('shared'));
      await alice.tell({ ...alice.shared(entry), place: 'none' }, 'delivered');
      await owner.untilRead(entry.position.id, 'the copy', ({ status }) => status === 200);
    },
  },
  {
    id: 'deliver.unknown-keys',
    level: 'must',
    section: '1',
    title: 'keys in data that it does not know do no harm',
    async run({ alice, id }) {
      const { type, data } = alice.shared(alice.grant(id('shared')));
      await alice.tell({ type, data: { ...data, mood: 'sunny' } }, 'delivered');
    },
  },
  {
    id: 'deliver.duplicate-acknowledged',
    level: 'must',
    section: '6',
    title: 'an id that was taken already is acknowledged again',
    async run(bench) {
      const { alice, id } = bench;
      const entry = await heldCopy(bench, alice);
      const comment = aComment(id('comment'), alice.name);
      entry.comments.push(comment);
      const draft = { ...alice.commented(entry, comment), id: id('event') };
      await alice.tell(draft, 'delivered');
      const sent = alice.send(draft);
      const said = await alice.outcome(sent);
      if (said.stage !== 'delivered') throw contradicts(sent, said, 'delivered, once more');
    },
  },
  {
    id: 'deliver.duplicate-absorbed',
    level: 'must',
    section: '6',
    title: 'an id that was taken already has no second effect',
    async run(bench) {
      const { owner, alice, id } = bench;
      const entry = await heldCopy(bench, alice);
      const { position } = entry;
      const event = id('event');
      const draft = {
        type: 'position_updated',
        id: event,
        data: { position_id: position.id, updates: { notes: 'New' }, version: 2 },
      } as const;
      alice.book.change(entry, { notes: 'New' });
      await alice.tell(draft, 'delivered');
      alice.send(draft);
      // Behind both in the same stream: what it does about this one it does after them.
      const comment = aComment(id('comment'), alice.name, 'Behind them');
      entry.comments.push(comment);
      await alice.tell(alice.commented(entry, comment), 'delivered');
      const after = (await owner.read(position.id)).expect(200);
      expectThat(fieldsOf(after).version === 2, `${event} twice, then GET`, after.came, 'version 2');
      const told = (await owner.notifications()).filter(({ event_id }) => event_id === event);
      expectThat(told.length <= 1, `${event} twice, then the notifications`, told, 'one of it at most');
    },
  },
];
