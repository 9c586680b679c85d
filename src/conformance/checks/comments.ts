import type { Bench } from '../bench/bench.ts';
import type { Check } from '../check.ts';
import { aComment, expectThat, heldCopy, ownPosition, sharedPosition } from './expect.ts';

/** Comments travel through the owner of the position. */
export const commentChecks: readonly Check[] = [
  {
    id: 'comment.by-reader',
    level: 'must',
    section: '5',
    title: "a reader's comment on the user's position is in the thread",
    async run(bench) {
      const { alice, id } = bench;
      const own = await sharedPosition(bench, [alice]);
      const comment = aComment(id('comment'), alice.name);
      await alice.tell({ type: 'comment_added', data: { position_id: own.id, comment } }, 'delivered');
      await isInThread(bench, own.id, comment.id, true);
    },
  },
  {
    id: 'comment.author-forged',
    level: 'must',
    section: '5',
    title: 'a comment whose author is not its sender is refused',
    async run(bench) {
      const { alice, dave, id } = bench;
      const own = await sharedPosition(bench, [alice, dave]);
      const comment = aComment(id('comment'), dave.name, 'Sell');
      await alice.tell({ type: 'comment_added', data: { position_id: own.id, comment } }, 'refused');
      await isInThread(bench, own.id, comment.id, false);
    },
  },
  {
    id: 'comment.no-access',
    level: 'must',
    section: '5',
    title: 'a comment by a friend who is no reader is refused',
    async run(bench) {
      const { alice, id } = bench;
      const own = await ownPosition(bench);
      const comment = aComment(id('comment'), alice.name);
      await alice.tell({ type: 'comment_added', data: { position_id: own.id, comment } }, 'refused');
      await isInThread(bench, own.id, comment.id, false);
    },
  },
  {
    id: 'comment.forwarded',
    level: 'must',
    section: '5',
    title: "a reader's comment goes on to the other readers, with its author, as an event of the owner's",
    async run(bench) {
      const { user, alice, dave, id } = bench;
      const own = await sharedPosition(bench, [alice, dave]);
      const comment = aComment(id('comment'), alice.name);
      const data = { position_id: own.id, comment };
      await alice.tell({ type: 'comment_added', data }, 'delivered');
      const event = await dave.receives(
        `${alice.name}'s comment from ${user}`,
        `${alice.name} comments on ${user}'s position, which ${dave.name} reads too`,
        (one) => one.type === 'comment_added' && one.data.comment.id === comment.id,
      );
      const author = event.type === 'comment_added' ? event.data.comment.user.id : '';
      expectThat(author === alice.name, 'the comment that goes on', event.data, `by ${alice.name}`);
    },
  },
  {
    id: 'comment.on-copy',
    level: 'must',
    section: '5',
    title: 'a comment that the owner of a copy passes on is taken, whoever its author is',
    async run(bench) {
      const { alice, carol, id } = bench;
      const entry = await heldCopy(bench, alice);
      const comment = aComment(id('comment'), carol.name);
      entry.comments.push(comment);
      await alice.tell(alice.commented(entry, comment), 'delivered');
      await isInThread(bench, entry.position.id, comment.id, true);
    },
  },
  {
    id: 'comment.on-copy-not-owner',
    level: 'must',
    section: '5',
    title: 'a comment on a copy that does not come from its owner is refused',
    async run(bench) {
      const { alice, dave, id } = bench;
      const entry = await heldCopy(bench, alice);
      const comment = aComment(id('comment'), dave.name);
      await dave.tell(alice.commented(entry, comment), 'refused');
      await isInThread(bench, entry.position.id, comment.id, false);
    },
  },
  {
    id: 'comment.to-owner',
    level: 'must',
    section: '5',
    title: "the user's comment on a copy goes to the owner, with the user as its author",
    async run(bench) {
      const { owner, user, alice, id } = bench;
      const { position } = await heldCopy(bench, alice);
      const comment = id('comment');
      await owner.comment(position.id, 'Great setup!', comment);
      const event = await alice.receives(
        `${user}'s comment`,
        `${user} comments on the copy of ${alice.name}'s position`,
        (one) => one.type === 'comment_added' && one.data.comment.id === comment,
      );
      const author = event.type === 'comment_added' ? event.data.comment.user.id : '';
      expectThat(author === user, 'the comment as it goes out', event.data, `by ${user}`);
    },
  },
];

async function isInThread({ owner }: Bench, position: string, comment: string, wanted: boolean) {
  const thread = await owner.thread(position);
  const times = thread.filter((one) => one.id === comment).length;
  const sent = `GET of the thread of ${position}`;
  expectThat(times === (wanted ? 1 : 0), sent, thread, wanted ? `${comment} once` : `no ${comment}`);
}
