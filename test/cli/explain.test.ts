import { expect, test } from 'vitest';
import { explainEvent, listEvents } from '../../src/cli/explain-event.ts';
import { bob, carol, entries, numbered, steps } from '../dashboard/builders.ts';

const run = entries(
  steps.posted(1000),
  steps.saved(1001, [bob, carol]),
  steps.stranger(1003),
  steps.lookedUp(1003),
  steps.routed(1004),
  steps.applied(1006),
  steps.stored(1010),
);

test('each candidate has its verdict, what became of it, and the ten steps with their times', () => {
  const { event, kind, from, recipients } = explainEvent(run, 'e1');
  expect({ event, kind, from }).toEqual({ event: 'e1', kind: 'position_shared', from: 'alice' });
  expect(recipients).toMatchObject([
    { to: 'bob', verdict: 'deliver', outcome: 'delivered and stored' },
    {
      to: 'carol',
      verdict: 'not_friends',
      outcome: 'not delivered (not friends: both sides have to say so)',
    },
  ]);
  const [bob, carol] = recipients;
  expect(bob?.steps.find(({ n }) => n === 6)).toMatchObject({ msSinceStart: 4 });
  expect(bob?.steps.find(({ n }) => n === 8)).toMatchObject({ msSinceStart: 10 });
  expect(carol?.steps.find(({ n }) => n === 6)).toMatchObject({
    missing: expect.stringContaining('not_friends'),
  });
});

test('"last" is the event that was saved last, and a beginning is enough', () => {
  expect(explainEvent(run, 'last').event).toBe('e1');
  expect(explainEvent(run, 'e').event).toBe('e1');
});

test('all events are listed in the order in which they began', () => {
  const two = entries(numbered(1), numbered(2), numbered(1));
  expect(listEvents(two).map(({ event }) => event)).toEqual(['e1', 'e2']);
});

test('what is not known is said to be not seen', () => {
  const [bob] = explainEvent(entries(steps.saved(), steps.routed()), 'e1').recipients;
  expect(bob?.outcome).toBe('handed over; nothing was seen after that');
});

test.each([
  ['an unknown event', run, 'x'],
  ['no event at all', [], 'last'],
])('%s is a problem', (_name, journal, name) => {
  expect(() => explainEvent(journal, name)).toThrow(
    expect.objectContaining({ code: 'no-such-event', exit: 2 }),
  );
});
