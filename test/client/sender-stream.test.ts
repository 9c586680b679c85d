import { describe, expect, test } from 'vitest';
import { freshEpoch, isEarlier } from '../../src/client/epochs.ts';
import {
  type Move,
  newSenderStream,
  type SenderInput,
  type SenderSettings,
  type SenderStream,
} from '../../src/client/sender-state.ts';
import { advance, nextTick, roomFor, takeSends } from '../../src/client/sender-stream.ts';
import { epoch, eventId } from '../../src/protocol/ids.ts';
import type { Receipt } from '../../src/protocol/receipts.ts';
import { bob } from './rig.ts';

const settings: SenderSettings = { window: 4, sweepMs: 1000, replyTimeoutMs: 100 };
const idOf = (n: number) => eventId.parse(`e${n}`);

/** Alice's stream to bob, with a clock in the test's hand. */
class Stream {
  now = 0;
  state: SenderStream = newSenderStream(epoch.parse('E'));
  readonly moves: Move[] = [];

  feed(input: SenderInput): this {
    const { stream, moves } = advance(this.state, input, this.#at(), settings);
    this.state = stream;
    this.moves.push(...moves);
    return this;
  }

  rows(...ns: number[]): this {
    return this.feed({ type: 'rows', rows: ns.map((n) => ({ n, id: idOf(n) })), more: false });
  }

  receipt(n: number, stage: Receipt['stage'], more: Partial<Receipt> = {}): this {
    return this.feed({ type: 'receipts', receipts: [{ id: idOf(n), to: bob, stage, ...more }] });
  }

  reply(n: number, status: 'accepted' | 'limited' | 'rejected', more: object = {}, shared = false): this {
    return this.feed({ type: 'reply', n, reply: { status, ...more }, shared });
  }

  tick(ms: number): this {
    this.now += ms;
    return this.feed({ type: 'tick' });
  }

  sends(budget = Number.POSITIVE_INFINITY) {
    const { stream, sends } = takeSends(this.state, budget, this.#at(), settings);
    this.state = stream;
    return sends;
  }

  sent(budget?: number): number[] {
    return this.sends(budget).map(({ n }) => n);
  }

  #at() {
    return { now: this.now, random: () => 0.5 };
  }
}

const online = () => new Stream().feed({ type: 'connected' });
/** Rows 1 to 3, sent and accepted. */
const inTheAir = () => {
  const stream = online().rows(1, 2, 3);
  stream.sent();
  return stream.reply(1, 'accepted').reply(2, 'accepted').reply(3, 'accepted');
};

test('rows leave in order, numbered from 1, with the lowest number that is held', () => {
  const stream = online().rows(7, 9);
  expect(stream.sends()).toEqual([
    { n: 7, id: 'e7', epoch: 'E', seq: 1, base: 1, sends: 1, alone: false },
    { n: 9, id: 'e9', epoch: 'E', seq: 2, base: 1, sends: 1, alone: false },
  ]);
  stream.receipt(7, 'delivered').rows(10);
  expect(stream.sends()).toMatchObject([{ n: 10, seq: 3, base: 2 }]);
});

test('only a window is taken in, and nothing leaves without a connection', () => {
  const stream = new Stream();
  expect(roomFor(stream.state, settings)).toBe(4);
  stream.feed({ type: 'rows', rows: [1, 2, 3, 4].map((n) => ({ n, id: idOf(n) })), more: true });
  expect(roomFor(stream.state, settings)).toBe(0);
  expect(stream.sent()).toEqual([]);
  expect(stream.feed({ type: 'connected' }).sent(3)).toEqual([1, 2, 3]);
  expect(stream.sent()).toEqual([4]);
  stream.receipt(1, 'delivered');
  expect(roomFor(stream.state, settings)).toBe(1);
});

describe('an absent recipient', () => {
  const parked = () => inTheAir().receipt(1, 'unavailable');

  test('parks the stream; a new row is tried once, and the sweep tries the first', () => {
    const stream = parked();
    expect(stream.state.phase).toEqual({ id: 'parked' });
    expect(stream.rows(4).sent()).toEqual([4]);
    stream.reply(4, 'accepted').receipt(4, 'unavailable');
    expect(stream.sent()).toEqual([]);
    expect(stream.tick(nextTick(stream.state)).sent()).toEqual([1]);
  });

  test.each<[string, (stream: Stream) => void]>([
    ['a wake', (stream) => stream.feed({ type: 'wake' })],
    [
      'a new connection of ours',
      (stream) => stream.feed({ type: 'disconnected' }).feed({ type: 'connected' }),
    ],
    ['a routed row', (stream) => stream.receipt(3, 'routed')],
    ['a word of its own', (stream) => stream.receipt(9, 'delivered')],
  ])('%s sends everything from the lowest row', (_what, happens) => {
    const stream = parked();
    happens(stream);
    expect(stream.state.phase).toEqual({ id: 'sending' });
    expect(stream.sent()).toEqual([1, 2, 3]);
  });

  test('an unavailable that is said late about an earlier attempt parks nothing', () => {
    const stream = inTheAir().feed({ type: 'wake' });
    expect(stream.receipt(1, 'unavailable').sent()).toEqual([1, 2, 3]);
    stream.receipt(1, 'routed').receipt(1, 'unavailable');
    expect(stream.state.phase).toEqual({ id: 'sending' });
  });

  test('presence says it before a receipt does', () => {
    const stream = inTheAir().receipt(1, 'routed').feed({ type: 'absent' });
    expect(stream.state.phase).toEqual({ id: 'parked' });
    expect(stream.feed({ type: 'wake' }).sent()).toEqual([1, 2, 3]);
  });

  test('a wake does not double what has no reply yet', () => {
    const stream = online().rows(1, 2);
    stream.sent();
    expect(stream.feed({ type: 'wake' }).sent()).toEqual([]);
    expect(stream.reply(1, 'accepted').feed({ type: 'wake' }).sent()).toEqual([1, 2]);
  });
});

describe('a limit', () => {
  test('in a reply holds the row and what follows until its time', () => {
    const stream = online().rows(1, 2, 3);
    stream.sent();
    stream.reply(1, 'accepted').reply(2, 'limited', { retry_after_ms: 300, scope: 'pair' });
    stream.reply(3, 'accepted');
    expect(stream.sent()).toEqual([]);
    expect(stream.tick(299).sent()).toEqual([]);
    expect(stream.tick(1).sends()).toMatchObject([
      { n: 2, seq: 2, alone: true },
      { n: 3, seq: 3, alone: true },
    ]);
    expect(stream.moves).toContainEqual({ n: 2, id: 'e2', stage: 'limited', code: 'pair' });
  });

  test('in a receipt does the same, and a wake does not open the bucket', () => {
    const stream = inTheAir().receipt(2, 'limited', { retry_after_ms: 300 }).feed({ type: 'wake' });
    expect(stream.sent()).toEqual([]);
    expect(stream.tick(300).sent()).toEqual([1, 2, 3]);
  });
});

describe('a rejected frame', () => {
  test('is the end of a lone row', () => {
    const stream = online().rows(1);
    stream.sent();
    stream.reply(1, 'rejected', { code: 'too_big' });
    expect(stream.moves).toEqual([{ n: 1, id: 'e1', stage: 'refused', code: 'too_big', settled: true }]);
  });

  test('that had several recipients goes again alone', () => {
    const stream = online().rows(1);
    stream.sent();
    stream.reply(1, 'rejected', { code: 'too_big' }, true);
    expect(stream.sends()).toMatchObject([{ n: 1, alone: true }]);
  });
});

test('a missing reply is a reason to send again, more patiently each time', () => {
  const stream = online().rows(1);
  stream.sent();
  expect(nextTick(stream.state)).toBe(125);
  expect(stream.tick(125).sent()).toEqual([1]);
  expect(nextTick(stream.state)).toBe(125 + 250);
});

test('silence until the sweep is a reason to send again', () => {
  const stream = inTheAir().receipt(1, 'routed');
  expect(stream.tick(999).sent()).toEqual([]);
  expect(stream.tick(1).sent()).toEqual([1, 2, 3]);
});

describe('receipts', () => {
  test('that are cumulative settle everything below, but for what they name otherwise', () => {
    const stream = inTheAir().feed({
      type: 'receipts',
      receipts: [
        { id: idOf(3), to: bob, stage: 'delivered', epoch: epoch.parse('E'), upto: 3 },
        { id: idOf(2), to: bob, stage: 'refused', code: 'no_access' },
      ],
    });
    expect(stream.state.rows).toEqual([]);
    expect(stream.moves.filter(({ settled }) => settled).map(({ n, stage }) => [n, stage])).toEqual([
      [3, 'delivered'],
      [2, 'refused'],
      [1, 'delivered'],
    ]);
  });

  test('in the numbers of another life settle nothing', () => {
    const stream = inTheAir().receipt(3, 'delivered', { epoch: epoch.parse('older'), upto: 3 });
    expect(stream.state.rows.map(({ n }) => n)).toEqual([1, 2, 3]);
  });

  test('that were on their way when it was restarted settle nothing, and everything is sent again', () => {
    const stream = inTheAir().feed({ type: 'restarted' });
    const sends = stream.sends();
    expect(sends.map(({ n, seq }) => [n, seq])).toEqual([
      [1, 1],
      [2, 2],
      [3, 3],
    ]);
    expect(stream.receipt(2, 'delivered', { epoch: epoch.parse('E'), upto: 2 }).state.rows).toHaveLength(3);
    expect(stream.receipt(2, 'delivered', { epoch: sends[0]?.epoch, upto: 2 }).state.rows).toHaveLength(1);
  });

  test('that are final settle without an acknowledgement', () => {
    const stream = inTheAir().receipt(1, 'routed', { final: true });
    expect(stream.moves.at(-1)).toEqual({ n: 1, id: 'e1', stage: 'routed', settled: true });
  });
});

describe('a nack', () => {
  const e = { epoch: epoch.parse('E') };

  test('about a gap goes back at once, and only later for the rest of the burst', () => {
    const stream = inTheAir().receipt(2, 'nacked', { code: 'gap', want: 1, ...e });
    expect(stream.sent()).toEqual([1, 2, 3]);
    stream.receipt(3, 'nacked', { code: 'gap', want: 1, ...e });
    for (const n of [1, 2, 3]) stream.reply(n, 'accepted');
    expect(stream.tick(249).sent()).toEqual([]);
    expect(stream.tick(1).sent()).toEqual([1, 2, 3]);
  });

  test('about the epoch starts another life of the numbers', () => {
    const stream = inTheAir()
      .receipt(1, 'delivered')
      .receipt(2, 'nacked', { code: 'epoch', ...e });
    const sends = stream.sends();
    expect(sends).toMatchObject([
      { n: 2, seq: 1, base: 1 },
      { n: 3, seq: 2, base: 1 },
    ]);
    expect(sends[0]?.epoch).not.toBe('E');
    expect(stream.receipt(3, 'nacked', { code: 'epoch', ...e }).sent()).toEqual([]);
  });

  test('about the epoch goes above the one that the recipient knows of, and slowly if that is not enough', () => {
    const above = freshEpoch(5_000_000, Math.random);
    const stream = inTheAir().receipt(1, 'nacked', { code: 'epoch', above, ...e });
    const [first] = stream.sends();
    expect(first && isEarlier(above, first.epoch)).toBe(true);
    stream.receipt(1, 'nacked', { code: 'epoch', above, epoch: first?.epoch });
    for (const n of [1, 2, 3]) stream.reply(n, 'accepted');
    expect(stream.tick(249).sends()).toEqual([]);
    const [second] = stream.tick(1).sends();
    expect(first && second && isEarlier(first.epoch, second.epoch)).toBe(true);
  });

  test('about the epoch keeps the order, even for rows that may not leave yet', () => {
    const stream = inTheAir()
      .receipt(1, 'nacked', { code: 'epoch', ...e })
      .feed({ type: 'absent' });
    expect(stream.rows(4).sends()).toMatchObject([
      { n: 1, seq: 1 },
      { n: 4, seq: 4, base: 1 },
    ]);
    expect(stream.feed({ type: 'wake' }).sends()).toMatchObject([
      { n: 2, seq: 2 },
      { n: 3, seq: 3 },
      { n: 4, seq: 4 },
    ]);
  });

  test('of somebody busy waits as long as asked', () => {
    const stream = inTheAir().receipt(2, 'nacked', { code: 'busy', retry_after_ms: 50, ...e });
    expect(stream.receipt(3, 'nacked', { code: 'gap', want: 2, ...e }).sent()).toEqual([]);
    expect(stream.tick(50).sent()).toEqual([2, 3]);
  });
});

test('rows that are taken back are skipped by the base', () => {
  const stream = inTheAir().feed({ type: 'dropped', rows: new Set([1, 2]) });
  expect(stream.feed({ type: 'wake' }).sends()).toMatchObject([{ n: 3, seq: 3, base: 3 }]);
});
