import { expect, test } from 'vitest';
import { isCut, seenFrom } from '../../src/dashboard/faults.ts';
import { isUser } from '../../src/dashboard/instances.ts';
import { rate } from '../../src/dashboard/rates.ts';
import { doneSteps } from '../../src/dashboard/scenario.ts';
import { openModelStore } from '../../src/dashboard/store.ts';
import { userId } from '../../src/protocol/ids.ts';
import type { JournalRecord } from '../../src/protocol/records.ts';
import { alice, aShare, entries, modelAfter, numbered } from './builders.ts';

test('whoever the relay refuses is no instance, and a late attempt of alice does not put her offline', () => {
  const model = modelAfter(
    { type: 'process', at: 1, name: 'alice', state: 'ready', pid: 7 },
    { type: 'connection', at: 2, user: alice, state: 'connected' },
    { type: 'connection', at: 3, user: alice, state: 'refused', code: 'replaced' },
    { type: 'connection', at: 4, user: userId.parse('mallory'), state: 'refused', code: 'bad_token' },
  );
  expect([...model.instances].map(([name, { online }]) => [name, online])).toEqual([['alice', true]]);
});

test('an instance has its state, its presence, what waits in its outbox, and how often it was started again', () => {
  const started = [
    { type: 'process', at: 1, name: 'alice', state: 'starting' },
    { type: 'process', at: 2, name: 'alice', state: 'ready', pid: 7, url: 'http://127.0.0.1:8000' },
    { type: 'presence', at: 3, user: alice, status: 'online' },
    { type: 'outbox', at: 4, user: alice, pending: 2 },
  ] as const;
  expect(modelAfter(...started).instances.get('alice')).toEqual({
    name: 'alice',
    state: 'ready',
    pid: 7,
    url: 'http://127.0.0.1:8000',
    online: true,
    pending: 2,
    restarts: 0,
    exit: undefined,
  });
  const died: JournalRecord = {
    type: 'process',
    at: 5,
    name: 'alice',
    state: 'failed',
    exit: 'exit code 1',
    last_lines: ['oh'],
  } as const;
  expect(modelAfter(...started, died).instances.get('alice')).toMatchObject({
    state: 'failed',
    pid: undefined,
    exit: 'exit code 1: oh',
  });
  const again = { type: 'process', at: 6, name: 'alice', state: 'starting' } as const;
  expect(modelAfter(...started, died, again).instances.get('alice')).toMatchObject({
    restarts: 1,
    exit: undefined,
  });
});

test('users are told from the parts of the stack', () => {
  expect(['relay', 'relay.2', 'links', 'alice', 'relayer'].map(isUser)).toEqual([
    false,
    false,
    false,
    true,
    true,
  ]);
});

test('faults are there while they are in force, and seen from whom they are on', () => {
  const cut = { type: 'fault', at: 1, id: 'f1', verb: 'cut', what: 'alice ↔ relay' } as const;
  const { faults } = modelAfter({ ...cut, state: 'in_force' });
  const [fault] = faults.values();
  expect(fault && seenFrom(fault, 'alice')).toBe('cut ↔ relay');
  expect(fault && seenFrom(fault, 'bob')).toBeUndefined();
  expect([isCut(faults.values(), 'alice'), isCut(faults.values(), 'bob')]).toEqual([true, false]);
  expect(modelAfter({ ...cut, state: 'in_force' }, { ...cut, state: 'healed' }).faults.size).toBe(0);
});

test('a scenario keeps its steps, why one failed, and its verdict', () => {
  const file = 'share.yaml';
  const { scenario } = modelAfter(
    { type: 'scenario', at: 1, name: 'A share', file, state: 'started', steps: 2 },
    { type: 'scenario_step', at: 2, file, line: 5, text: 'alice shares', state: 'started' },
    { type: 'scenario_step', at: 3, file, line: 5, text: 'alice shares', state: 'passed', ms: 4 },
    { type: 'scenario_step', at: 4, file, line: 6, text: 'bob has', state: 'started' },
    {
      type: 'scenario_step',
      at: 5,
      file,
      line: 6,
      text: 'bob has',
      state: 'failed',
      problem: { code: 'no', message: 'bob has not' },
    },
    { type: 'scenario', at: 6, name: 'A share', file, state: 'ended', verdict: 'failed' },
  );
  expect(scenario).toMatchObject({ total: 2, verdict: 'failed' });
  expect(scenario?.steps).toMatchObject([
    { text: 'alice shares', state: 'passed', ms: 4 },
    { text: 'bob has', state: 'failed', problem: 'bob has not' },
  ]);
  expect(scenario && doneSteps(scenario)).toBe(2);
});

test('a rate is over the last five seconds, and falls when nothing happens', () => {
  const events = rate();
  for (let n = 0; n < 50; n++) events.count(10_000 + n);
  expect(events.perSecond(10_500)).toBe(10);
  expect(events.perSecond(14_000)).toBe(10);
  expect(events.perSecond(15_000)).toBe(0);
  expect(events.perSecond(90_000)).toBe(0);
});

test('however many batches come, there is one frame in its time', async () => {
  using store = openModelStore({ frameMs: 20 });
  let frames = 0;
  const second = Promise.withResolvers<void>();
  store.subscribe(() => {
    frames += 1;
    if (frames === 2) second.resolve();
  });
  for (let n = 0; n < 100; n++) store.take(entries(numbered(n)));
  expect(frames).toBe(1);
  await second.promise;
  expect(store.get().model.feed.last).toBe(100);
  expect(frames).toBe(2);
});

test('a frame is the same until something has happened', () => {
  using store = openModelStore();
  const before = store.get();
  store.take([]);
  expect(store.get()).toBe(before);
  store.take(entries(...aShare()));
  expect(store.get()).not.toBe(before);
});
