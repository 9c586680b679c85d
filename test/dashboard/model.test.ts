import { expect, test } from 'vitest';
import { emptyModel, fold } from '../../src/dashboard/model.ts';
import type { JournalRecord } from '../../src/protocol/records.ts';
import { alice, entries, numbered, steps } from './builders.ts';

const after = (...records: readonly JournalRecord[]) => fold(emptyModel, entries(...records));
const bobsRow = (...records: readonly JournalRecord[]) => after(...records).rows.get('e1 bob');

test('an event goes on from saved to stored, with the time since it was saved', () => {
  expect(bobsRow(steps.saved(1000))).toMatchObject({ from: 'alice', to: 'bob', progress: { word: 'saved' } });
  expect(
    bobsRow(steps.saved(1000), steps.routed(1001), steps.applied(1003), steps.stored(1010)),
  ).toMatchObject({
    position: 'berlin-calls',
    progress: { word: 'stored', end: 'delivered' },
    ms: 10,
  });
});

test('a record that comes late changes nothing', () => {
  expect(bobsRow(steps.saved(), steps.applied(), steps.routed())).toMatchObject({
    progress: { word: 'delivered' },
  });
});

test('what was unavailable says why, and is delivered when it is sent again', () => {
  const before = after(steps.saved(), steps.offline());
  expect(before.rows.get('e1 bob')?.progress).toMatchObject({
    word: 'unavailable',
    end: 'undelivered',
    why: 'offline',
  });
  expect(before).toMatchObject({ delivered: 0, undelivered: 1 });
  const later = fold(before, entries(steps.routed(), steps.applied()));
  expect(later.rows.get('e1 bob')?.progress).toMatchObject({ word: 'delivered', why: undefined });
  expect(later).toMatchObject({ delivered: 1, undelivered: 0 });
});

test('a refusal and a rejection name their code', () => {
  expect(bobsRow(steps.saved(), steps.refused())?.progress).toMatchObject({
    word: 'refused',
    why: 'no_access',
  });
  expect(bobsRow(steps.saved(), steps.rejected())?.progress).toMatchObject({
    word: 'rejected',
    why: 'spoofed',
  });
});

test('an instance has its state, its presence and what waits in its outbox', () => {
  const model = after(
    { type: 'process', at: 1, name: 'alice', state: 'starting' },
    { type: 'process', at: 2, name: 'alice', state: 'ready', pid: 7, url: 'http://127.0.0.1:8000' },
    { type: 'presence', at: 3, user: alice, status: 'online' },
    { type: 'outbox', at: 4, user: alice, pending: 2 },
  );
  expect(model.instances.get('alice')).toEqual({
    name: 'alice',
    state: 'ready',
    pid: 7,
    url: 'http://127.0.0.1:8000',
    online: true,
    pending: 2,
  });
  const dead = fold(model, entries({ type: 'process', at: 5, name: 'alice', state: 'failed' }));
  expect(dead.instances.get('alice')).toMatchObject({ state: 'failed', pid: undefined });
});

test('faults are there while they are in force', () => {
  const cut = { type: 'fault', at: 1, id: 'f1', verb: 'cut', what: 'alice – relay' } as const;
  const model = after({ ...cut, state: 'in_force' });
  expect([...model.faults.values()]).toEqual(['cut alice – relay']);
  expect(fold(model, entries({ ...cut, state: 'healed' })).faults.size).toBe(0);
});

test('a scenario counts its steps and keeps its verdict', () => {
  const file = 'share.yaml';
  const model = after(
    { type: 'scenario', at: 1, name: 'A share', file, state: 'started', steps: 2 },
    { type: 'scenario_step', at: 2, file, line: 5, text: 'alice shares', state: 'started' },
    { type: 'scenario_step', at: 3, file, line: 5, text: 'alice shares', state: 'passed' },
    { type: 'scenario_step', at: 4, file, line: 6, text: 'bob has', state: 'started' },
  );
  expect(model.scenario).toEqual({ name: 'A share', steps: 2, done: 1, now: 'bob has', verdict: undefined });
  const ended = fold(
    model,
    entries({ type: 'scenario', at: 5, name: 'A share', file, state: 'ended', verdict: 'passed' }),
  );
  expect(ended.scenario).toMatchObject({ done: 1, now: undefined, verdict: 'passed' });
});

test('only the newest 500 rows are kept, and a model once given out never changes', () => {
  const many = Array.from({ length: 600 }, (_, n) => numbered(n));
  const model = fold(emptyModel, entries(...many));
  expect(model.rows.size).toBe(500);
  expect([...model.rows.keys()].at(0)).toBe('e100 bob');
  const rows = [...model.rows.keys()];
  fold(model, entries(...Array.from({ length: 50 }, (_, n) => numbered(1000 + n))));
  expect([...model.rows.keys()]).toEqual(rows);
});
