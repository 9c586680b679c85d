import { expect, test, vi } from 'vitest';
import { Acknowledger } from '../../src/client/acknowledger.ts';
import { epoch, eventId } from '../../src/protocol/ids.ts';
import type { Acknowledgement, AckResult } from '../../src/protocol/receipts.ts';
import { alice, carol } from './rig.ts';

const e = epoch.parse('E');
const delivered = (id: string): AckResult => ({ id: eventId.parse(id), status: 'delivered' });
const refused = (id: string): AckResult => ({ id: eventId.parse(id), status: 'refused', code: 'no_access' });

function collecting(online = true) {
  const sent: Acknowledgement[] = [];
  const state = { online };
  const acknowledger = new Acknowledger({
    delayMs: 20,
    send: (acknowledgement) => {
      if (state.online) sent.push(acknowledgement);
      return state.online;
    },
  });
  return { acknowledger, sent, state };
}

test('what is committed within the delay leaves together, for each sender apart', () => {
  vi.useFakeTimers();
  const { acknowledger, sent } = collecting();
  acknowledger.add(alice, { epoch: e, seq: 1, upto: 1 }, delivered('a1'));
  acknowledger.add(carol, {}, delivered('c1'));
  acknowledger.add(alice, { epoch: e, seq: 2, upto: 2 }, delivered('a2'));
  expect(acknowledger.size).toBe(3);
  vi.advanceTimersByTime(20);
  expect(sent).toEqual([
    { from: alice, epoch: e, upto: 2, results: [delivered('a1'), delivered('a2')] },
    { from: carol, results: [delivered('c1')] },
  ]);
  expect(acknowledger.size).toBe(0);
  vi.useRealTimers();
});

test('sixteen events do not wait', () => {
  const { acknowledger, sent } = collecting();
  for (let seq = 1; seq <= 17; seq += 1) {
    acknowledger.add(alice, { epoch: e, seq, upto: seq }, delivered(`a${seq}`));
  }
  expect(sent).toMatchObject([{ upto: 16 }]);
  expect(acknowledger.size).toBe(1);
  acknowledger.close();
});

test('without a connection they wait for the next one', () => {
  const { acknowledger, sent, state } = collecting(false);
  const onLeft = vi.fn();
  acknowledger.add(alice, {}, delivered('a1'), onLeft);
  acknowledger.flush();
  expect(onLeft).not.toHaveBeenCalled();
  state.online = true;
  acknowledger.flush();
  expect(sent).toHaveLength(1);
  expect(onLeft).toHaveBeenCalledOnce();
});

test('a burst that falls into one gap asks once', () => {
  const { acknowledger, sent } = collecting();
  for (const id of ['a3', 'a4', 'a5']) {
    const nack: AckResult = { id: eventId.parse(id), status: 'nacked', code: 'gap', want: 2 };
    acknowledger.add(alice, { epoch: e, upto: 1 }, nack);
  }
  acknowledger.flush();
  expect(sent).toMatchObject([{ upto: 1, results: [{ id: 'a3', want: 2 }] }]);
});

test('a refusal is repeated until the base of the sender shows that it was heard', () => {
  const { acknowledger, sent } = collecting();
  const add = (seq: number, base: number, result: AckResult) => {
    acknowledger.add(alice, { epoch: e, seq, base, upto: seq }, result);
    acknowledger.flush();
  };
  add(1, 1, refused('a1'));
  add(2, 1, delivered('a2'));
  add(3, 2, delivered('a3'));
  expect(sent.map(({ results }) => results.map(({ id }) => id))).toEqual([['a1'], ['a1', 'a2'], ['a3']]);
});

test('more refusals than one acknowledgement may name leave in several, what is cumulative with the last', () => {
  const { acknowledger, sent } = collecting();
  for (let seq = 1; seq <= 300; seq += 1) {
    acknowledger.add(alice, { epoch: e, seq, base: 1, upto: seq }, refused(`a${seq}`));
  }
  acknowledger.flush();
  expect(sent.slice(-2).map(({ upto, results }) => [upto, results.length])).toEqual([
    [undefined, 256],
    [300, 44],
  ]);
  acknowledger.close();
});
