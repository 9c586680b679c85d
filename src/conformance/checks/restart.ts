import type { Bench } from '../bench/bench.ts';
import { Blocked, type Check, given, needsCommand } from '../check.ts';
import { aComment, expectThat, heldCopy, ideas, ownPosition, sharedPosition } from './expect.ts';

/** Who dials what a share names does so at once, mostly; so long it is waited for, in milliseconds. */
const dialMs = 2000;

/** What survives a kill -9, and what a new life begins with. */
export const restartChecks: readonly Check[] = [
  {
    id: 'restart.ack-after-commit',
    level: 'must',
    section: '6',
    title: 'what was acknowledged is there after a kill -9',
    needs: needsCommand,
    async run(bench) {
      const { owner, alice, life } = bench;
      // On a position of the user's own: no comparison with anybody brings back what is lost of it.
      const { id } = await sharedPosition(bench, [alice]);
      const sent = Array.from({ length: 20 }, (_, index) => {
        const comment = aComment(bench.id('comment'), alice.name, `comment ${index}`);
        const data = { position_id: id, comment };
        return { comment, event: alice.send({ type: 'comment_added', data }) };
      });
      await given('comments', Promise.all(sent.slice(-1).map(({ event }) => alice.outcome(event))));
      await life?.kill();
      const said = alice.line.receipts.all.filter(({ stage }) => stage === 'delivered');
      const acknowledged = sent.filter(({ event }) => said.some((receipt) => receipt.id === event.id));
      await comesBack(bench);
      const thread = await owner.thread(id);
      const lost = acknowledged
        .filter(({ comment }) => !thread.some((one) => one.id === comment.id))
        .map(({ comment }) => comment.text);
      const words = '20 comments, and a kill -9 after the last acknowledgement';
      expectThat(lost.length === 0, words, { lost }, 'none lost');
    },
  },
  {
    id: 'restart.outbox',
    level: 'must',
    section: '6',
    title: 'what was shared without a relay goes out after a kill -9, under the same id',
    needs: needsCommand,
    async run(bench) {
      const { owner, alice, wire, life } = bench;
      const { id } = await ownPosition(bench);
      const cut = wire.cut();
      let event = '';
      try {
        [event = ''] = await owner.share(id, alice.name);
        await life?.kill();
      } finally {
        cut[Symbol.dispose]();
      }
      await comesBack(bench);
      const came = await alice.events.next((one) => one.id === event, bench.withinMs);
      expectThat(came !== undefined, 'a share without a relay, then a kill -9', 'nothing', event);
    },
  },
  {
    id: 'restart.duplicate-absorbed',
    level: 'must',
    section: '6',
    title: 'an id that was taken before a kill -9 is known after it',
    needs: needsCommand,
    async run(bench) {
      const { owner, alice, life } = bench;
      const entry = await heldCopy(bench, alice);
      const event = bench.id('event');
      const comment = aComment(bench.id('comment'), alice.name, 'Once');
      entry.comments.push(comment);
      const draft = { ...alice.commented(entry, comment), id: event };
      await given('a comment', alice.tell(draft, 'delivered'));
      await life?.kill();
      await comesBack(bench);
      alice.newEpoch();
      await alice.tell(draft, 'delivered');
      const told = (await owner.notifications()).filter(({ event_id }) => event_id === event);
      expectThat(
        told.length <= 1,
        'the same event before and after a kill -9',
        told,
        'one notification at most',
      );
    },
  },
  {
    id: 'restart.epoch',
    level: 'should',
    section: '6',
    title: 'each life has an epoch of its own',
    needs: needsCommand,
    async run(bench) {
      const epoch = async () => {
        const { id } = await ownPosition(bench);
        const [event] = await bench.owner.share(id, bench.alice.name);
        const came = await bench.alice.receives('the share', 'a share', (one) => one.id === event);
        return came.epoch;
      };
      const before = await epoch();
      if (before === undefined) throw new Blocked('events carry no epoch');
      await bench.life?.kill();
      await comesBack(bench);
      const after = await epoch();
      expectThat(after !== before, 'a share before and after a kill -9', { before, after }, 'another epoch');
    },
  },
  {
    id: 'restart.peer-key',
    level: 'must',
    section: '4',
    title: 'its peer key is in DATA_DIR: the same after a start',
    needs: needsCommand,
    async run(bench) {
      const { alice, user, life } = bench;
      const key = () => alice.line.presence.all.findLast(({ user_id }) => user_id === user)?.peer_key?.x;
      const before = key();
      await life?.kill();
      await comesBack(bench);
      expectThat(
        key() === before,
        'presence before and after a kill -9',
        { before, after: key() },
        'the same key',
      );
    },
  },
  {
    id: 'restart.friends-seed-once',
    level: 'must',
    section: '4',
    title: 'COLLAB_FRIENDS seeds an empty database, and only that',
    needs: needsCommand,
    async run(bench) {
      const { owner, alice, dave, life } = bench;
      await life?.kill();
      life?.start({ COLLAB_FRIENDS: `${alice.name},${dave.name},zoe` });
      await comesBack(bench);
      const friends = (await owner.friends()).map(({ user_id }) => user_id);
      expectThat(
        !friends.some((name) => name === 'zoe'),
        'another start with COLLAB_FRIENDS=…,zoe',
        friends,
        'no zoe',
      );
    },
  },
  {
    id: 'restart.resync',
    level: 'must',
    section: '6',
    title: 'at a start it compares with what friends share, and fetches what it has missed',
    needs: needsCommand,
    async run(bench) {
      const { owner, user, alice, life } = bench;
      const gone = await heldCopy(bench, alice);
      await life?.kill();
      const missed = alice.grant(bench.id('missed'));
      gone.readers.delete(user);
      await comesBack(bench);
      await owner.untilRead(missed.position.id, 'the copy', ({ status }) => status === 200);
      await owner.untilRead(gone.position.id, '404', ({ status }) => status === 404);
    },
  },
  {
    id: 'restart.private-address',
    level: 'must',
    section: '7',
    title: 'without COLLAB_ALLOW_PRIVATE no share_url of a private address is dialled',
    needs: needsCommand,
    async run(bench) {
      const { owner, user, alice, life } = bench;
      const entry = alice.grant(bench.id('private'));
      await life?.kill();
      // So that nothing but the event makes it ask.
      entry.readers.delete(user);
      life?.start({ COLLAB_ALLOW_PRIVATE: undefined });
      await comesBack(bench);
      entry.readers.add(user);
      const from = alice.face.requests.all.length;
      try {
        await alice.outcome(alice.send(alice.shared(entry)));
        const dialled = await alice.face.requests.next(({ via }) => via === undefined, dialMs, from);
        const came = dialled && `GET ${dialled.path}`;
        expectThat(dialled === undefined, `a share_url at ${alice.face.url}`, came, 'no request there');
      } finally {
        entry.readers.delete(user);
        await life?.kill();
        await comesBack(bench);
        await owner.ask({ path: ideas });
      }
    },
  },
];

async function comesBack(bench: Bench): Promise<void> {
  if (!(await bench.comesOnline()))
    throw new Blocked('the backend did not come back after it was started again');
}
