import { expect, test } from 'vitest';
import { Waker } from '../../src/scenario/waker.ts';

const { signal } = new AbortController();

test('a check is repeated when something happens, long before its time is over', async () => {
  let happen = () => {};
  using waker = new Waker((wake) => {
    happen = wake;
    return () => {};
  });
  let checks = 0;
  let there = false;
  const found = waker.until(60_000, signal, async () => {
    checks += 1;
    if (checks === 1) {
      there = true;
      queueMicrotask(happen);
      return undefined;
    }
    return there ? 'found' : undefined;
  });
  expect(await found).toBe('found');
  expect(checks).toBe(2);
});

test('what happens while a check is under way is not missed', async () => {
  using waker = new Waker(() => () => {});
  const answers = [undefined, 'found'];
  const found = await waker.until(60_000, signal, async () => {
    waker.wake();
    return answers.shift();
  });
  expect(found).toBe('found');
});

test('the last check comes after the time, and then it is over', async () => {
  using waker = new Waker(() => () => {});
  const began = performance.now();
  const at: number[] = [];
  const found = await waker.until(30, signal, async () => void at.push(performance.now() - began));
  expect(found).toBeUndefined();
  expect(at.at(-1)).toBeGreaterThanOrEqual(30);
});

test('a signal ends the waiting', async () => {
  using waker = new Waker(() => () => {});
  const controller = new AbortController();
  const waiting = waker.until(60_000, controller.signal, async () => undefined);
  controller.abort(new Error('enough'));
  await expect(waiting).rejects.toThrow('enough');
});

test('its source is left at the end', () => {
  let off = false;
  new Waker(() => () => {
    off = true;
  })[Symbol.dispose]();
  expect(off).toBe(true);
});
