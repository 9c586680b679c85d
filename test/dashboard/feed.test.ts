import { describe, expect, test } from 'vitest';
import { Feed } from '../../src/dashboard/feed/feed.ts';
import { matches, parseFilter } from '../../src/dashboard/feed/filter.ts';
import { everything, Matches, upTo } from '../../src/dashboard/feed/shown.ts';
import type { JournalRecord } from '../../src/protocol/records.ts';
import { anEvent, aShare, bob, carol, entries, eventAfter, modelAfter, numbered, steps } from './builders.ts';

const bobs = (...records: readonly JournalRecord[]) => eventAfter(...records).recipients.get('bob');

/** A feed of a size after some records. */
function aFeed(size: number, ...records: readonly JournalRecord[]): Feed {
  const feed = new Feed(size);
  for (const entry of entries(...records)) if (entry.type === 'step') feed.take(entry);
  return feed;
}

describe('an event', () => {
  test('goes on from saved to stored, with the time since it was saved', () => {
    expect(bobs(steps.saved(1000))).toMatchObject({ progress: { word: 'saved' }, ms: undefined });
    expect(
      bobs(steps.saved(1000), steps.routed(1001), steps.applied(1003), steps.stored(1010)),
    ).toMatchObject({
      progress: { word: 'stored', end: 'delivered' },
      ms: 10,
    });
  });

  test('is one, with everybody it was meant for', () => {
    const { feed } = modelAfter(...aShare());
    expect(feed.last).toBe(1);
    const event = eventAfter(...aShare());
    expect([...event.recipients.keys()]).toEqual(['bob', 'carol']);
    expect(event.recipients.get('carol')).toMatchObject({
      verdict: 'not_friends',
      progress: { word: 'unavailable', end: 'undelivered' },
    });
    expect(event.entries).toHaveLength(10);
    expect(feed).toMatchObject({ delivered: 1, undelivered: 1 });
  });

  test('is not set back by a record that comes late', () => {
    expect(bobs(steps.saved(), steps.applied(), steps.routed())?.progress?.word).toBe('delivered');
  });

  test('that was unavailable says why, and is delivered when it is sent again', () => {
    expect(bobs(steps.saved(), steps.offline())?.progress).toMatchObject({
      end: 'undelivered',
      why: 'offline',
    });
    const { feed } = modelAfter(steps.saved(), steps.offline(), steps.routed(), steps.applied(70));
    expect(feed.at(1)?.recipients.get('bob')).toMatchObject({ progress: { word: 'delivered' }, ms: 70 });
    expect(feed).toMatchObject({ delivered: 1, undelivered: 0 });
  });

  test('that was refused or rejected names the code', () => {
    expect(bobs(steps.saved(), steps.refused())?.progress).toMatchObject({
      word: 'refused',
      why: 'no_access',
    });
    const rejected = eventAfter(steps.saved(0, [bob, carol]), steps.rejected());
    expect([...rejected.recipients.values()].map(({ progress }) => progress?.why)).toEqual([
      'spoofed',
      'spoofed',
    ]);
  });
});

describe('the ring', () => {
  test('keeps the newest 10,000, and a late record does not bring an old event back', () => {
    const many = Array.from({ length: 12_000 }, (_, n) => numbered(n + 1));
    const feed = aFeed(10_000, ...many, anEvent(5).applied(9));
    expect(feed).toMatchObject({ first: 2001, last: 12_000, delivered: 0 });
    expect(feed.at(2000)).toBeUndefined();
    expect(feed.at(2001)?.id).toBe('e2001');
    expect(feed.at(12_000)?.id).toBe('e12000');
  });

  test('takes a record at the same cost with 10,000 events as with 100', () => {
    const cost = (size: number): number => {
      const feed = aFeed(size, ...Array.from({ length: size }, (_, n) => numbered(n)));
      const more = entries(...Array.from({ length: 20_000 }, (_, n) => numbered(size + n)));
      const start = performance.now();
      for (const entry of more) if (entry.type === 'step') feed.take(entry);
      return performance.now() - start;
    };
    cost(100);
    // A walk over the rows would make it a hundred times as much.
    expect(cost(10_000)).toBeLessThan(20 * cost(100) + 50);
  });
});

describe('a filter', () => {
  const event = eventAfter(...aShare());
  test.each([
    ['from:alice', true],
    ['from:bob', false],
    ['to:bob', true],
    ['to:carol stage:unavailable', true],
    // One and the same recipient has to meet both.
    ['to:bob stage:unavailable', false],
    ['stage:not-friends', true],
    ['stage:delivered -to:carol', false],
    ['type:share', true],
    ['type:position_shared about:berlin', true],
    ['type:comment', false],
    ['-type:comment', true],
    ['BERLIN alice', true],
    ['berlin nobody', false],
    ['-alice', false],
    ['id:e1', true],
    ['other:word', false],
  ])('%s: %s', (text, expected) => {
    const filter = parseFilter(text);
    expect(filter && matches(filter, event)).toBe(expected);
  });

  test('of nothing, or half a word, is none', () => {
    expect(parseFilter('  ')).toBeUndefined();
    expect(parseFilter('from:')).toBeUndefined();
    expect(parseFilter('-')).toBeUndefined();
  });

  test('is kept up to date from what has changed', () => {
    const feed = aFeed(10, ...aShare(1), anEvent(2).saved());
    const filter = parseFilter('stage:delivered');
    if (!filter) throw new Error('no filter');
    const shown = new Matches(filter, feed);
    expect([shown.count, shown.seqAt(0)]).toEqual([1, 1]);
    feed.takeChanged();
    for (const entry of entries(anEvent(2).applied(5))) if (entry.type === 'step') feed.take(entry);
    shown.update(feed.takeChanged(), feed.first);
    expect([shown.count, shown.seqAt(1)]).toEqual([2, 2]);
    for (const entry of entries(...Array.from({ length: 9 }, (_, n) => numbered(10 + n)))) {
      if (entry.type === 'step') feed.take(entry);
    }
    shown.update(feed.takeChanged(), feed.first);
    expect([shown.count, shown.seqAt(0)]).toEqual([1, 2]);
  });
});

test('what is shown ends where it was held back', () => {
  const feed = aFeed(10, ...Array.from({ length: 5 }, (_, n) => numbered(n)));
  expect(everything(feed)).toMatchObject({ count: 5 });
  const held = upTo(everything(feed), 3);
  expect([held.count, held.seqAt(2), held.seqAt(3), held.indexOf(5)]).toEqual([3, 3, undefined, 3]);
});
