import { v7 as uuid } from 'uuid';
import type { Bench } from '../bench/bench.ts';
import { contradicts, type Draft } from '../bench/peer.ts';
import type { BookEntry } from '../bench/peer-book.ts';
import type { Check } from '../check.ts';
import { aComment, expectThat, heldCopy } from './expect.ts';

/** The numbers of a stream: order is kept, gaps are waited for, and no number is believed twice. */
export const orderChecks: readonly Check[] = [
  {
    id: 'order.gap-waits',
    level: 'must',
    section: '6',
    title: 'an event behind a gap is not acknowledged before the one that is missing',
    run: (bench) =>
      inOwnStream(bench, async ({ comment, at }) => {
        const { alice } = bench;
        await alice.tell({ ...comment('first'), place: at(1) }, 'delivered');
        const third = { ...comment('third'), place: at(3), id: uuid() };
        const early = alice.send(third);
        const said = await alice.outcome(early).catch(() => undefined);
        if (said?.stage === 'delivered') throw contradicts(early, said, 'nacked (gap): number 2 is missing');
        await alice.tell({ ...comment('second'), place: at(2) }, 'delivered');
        await alice.tell(third, 'delivered');
      }),
  },
  {
    id: 'order.base-skips',
    level: 'must',
    section: '6',
    title: 'where base has moved on, the recipient skips to it',
    run: (bench) =>
      inOwnStream(bench, async ({ comment, at }) => {
        await bench.alice.tell({ ...comment('first'), place: at(1) }, 'delivered');
        await bench.alice.tell({ ...comment('fifth'), place: at(5, 5) }, 'delivered');
      }),
  },
  {
    id: 'order.passed-number',
    level: 'must',
    section: '6',
    title: 'a number that was passed, under an id that was never seen, is nacked, never acknowledged',
    run: (bench) =>
      inOwnStream(bench, async ({ comment, at }) => {
        await bench.alice.tell({ ...comment('first'), place: at(1) }, 'delivered');
        await bench.alice.tell({ ...comment('second'), place: at(2) }, 'delivered');
        await bench.alice.tell({ ...comment('another first'), place: at(1) }, 'nacked');
      }),
  },
  {
    id: 'order.new-epoch',
    level: 'must',
    section: '6',
    title: 'a sender that has started again counts from 1 again, in a new epoch',
    run: (bench) =>
      inOwnStream(bench, async ({ comment, at }) => {
        await bench.alice.tell({ ...comment('first'), place: at(1) }, 'delivered');
        const epoch = uuid();
        await bench.alice.tell({ ...comment('again'), place: { epoch, seq: 1, base: 1 } }, 'delivered');
      }),
  },
  {
    id: 'order.renumbered',
    level: 'must',
    section: '6',
    title: 'a known id under a new number is acknowledged and has no second effect',
    run: (bench) =>
      inOwnStream(bench, async ({ comment, at, entry }) => {
        const { alice, owner } = bench;
        const draft = { ...comment('once'), id: uuid() };
        await alice.tell({ ...draft, place: at(1) }, 'delivered');
        await alice.tell({ ...draft, place: { epoch: uuid(), seq: 1, base: 1 } }, 'delivered');
        const thread = await owner.thread(entry.position.id);
        expectThat(thread.length === 1, 'the thread after the same event twice', thread, 'one comment');
      }),
  },
];

interface Stream {
  readonly entry: BookEntry;
  readonly comment: (text: string) => Draft;
  readonly at: (seq: number, base?: number) => { epoch: string; seq: number; base: number };
}

/** Alice counts by hand, in an epoch of its own, about a copy of its own. */
async function inOwnStream(bench: Bench, story: (stream: Stream) => Promise<void>): Promise<void> {
  const { alice } = bench;
  const entry = await heldCopy(bench, alice);
  const epoch = uuid();
  try {
    await story({
      entry,
      comment(text) {
        const comment = aComment(bench.id('comment'), alice.name, text);
        entry.comments.push(comment);
        return alice.commented(entry, comment);
      },
      at: (seq, base = 1) => ({ epoch, seq, base }),
    });
  } finally {
    alice.newEpoch();
  }
}
