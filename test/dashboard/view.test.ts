import { describe, expect, test } from 'vitest';
import { layout } from '../../src/dashboard/layout.ts';
import type { RunFacts } from '../../src/dashboard/run-facts.ts';
import { openModelStore } from '../../src/dashboard/store.ts';
import { keyName, separate, separateText } from '../../src/dashboard/view/key-name.ts';
import { bindings, commandOf, footerKeys } from '../../src/dashboard/view/keys.ts';
import { picked, picker } from '../../src/dashboard/view/picker.ts';
import { sceneOf, topIndex } from '../../src/dashboard/view/scene.ts';
import { textLine, typed } from '../../src/dashboard/view/text-line.ts';
import { type Step, update } from '../../src/dashboard/view/update.ts';
import { newView, type View } from '../../src/dashboard/view/view.ts';
import type { JournalRecord } from '../../src/protocol/records.ts';
import { aStack, entries, numbered } from './builders.ts';

const facts: RunFacts = { runId: 'r', phase: 'ready', relayUrl: undefined, readyMs: 1, notice: undefined };

/** A view on some records; `keys` goes on with keys, one after the other. */
function aView(records: readonly JournalRecord[], view: View = newView) {
  using store = openModelStore();
  store.take(entries(...aStack, ...records));
  const scene = (now: View) =>
    sceneOf({ frame: store.get(), view: now, facts, columns: 120, rows: 40, log: [], color: false });
  return {
    scene,
    keys: (...keys: readonly string[]): Step =>
      keys.reduce<Step>((step, key) => update(scene(step.view), { type: 'key', key }), { view }),
  };
}

const many = (count: number) => Array.from({ length: count }, (_, n) => numbered(n + 1));

describe('layout', () => {
  const wanted = { instances: 5, steps: 6, aside: 'auto', dialog: 0 } as const;

  test.each([
    [72, 20],
    [80, 24],
    [100, 50],
    [120, 40],
    [200, 60],
    [400, 100],
  ])('%i × %i: everything fits, and one row stays free', (columns, rows) => {
    for (const aside of ['auto', 'detail', 'log'] as const) {
      for (const dialog of [0, 8]) {
        const { height, body, panes } = layout(columns, rows, { ...wanted, aside, dialog });
        expect(height).toBe(rows - 1);
        for (const size of Object.values(panes)) {
          expect(size.width).toBeLessThanOrEqual(columns);
          expect(size.height).toBeGreaterThan(1);
          expect(size.height).toBeLessThanOrEqual(body);
        }
        expect(panes.instances && panes.scenario).toBeDefined();
        expect((panes[aside === 'log' ? 'log' : 'detail'] ?? panes.events)?.height).toBeGreaterThan(1);
      }
    }
  });

  test('three shapes, and a sentence where there is no room', () => {
    const shapes = [60, 80, 120, 200].map((columns) => layout(columns, 40, wanted).shape);
    expect(shapes).toEqual(['small', 'narrow', 'medium', 'wide']);
    expect(layout(200, 10, wanted).shape).toBe('small');
  });
});

describe('keys', () => {
  const none = {
    upArrow: false,
    downArrow: false,
    leftArrow: false,
    rightArrow: false,
    pageUp: false,
    pageDown: false,
    home: false,
    end: false,
    return: false,
    escape: false,
    tab: false,
    backspace: false,
    delete: false,
    shift: false,
    ctrl: false,
    meta: false,
  };

  test('have names', () => {
    expect(keyName('j', none)).toBe('j');
    expect(keyName(' ', none)).toBe('space');
    expect(keyName('d', { ...none, ctrl: true })).toBe('ctrl-d');
    expect(keyName('', { ...none, tab: true, shift: true })).toBe('shift-tab');
    expect(keyName('', { ...none, pageUp: true })).toBe('pgup');
  });

  test('that came at once are taken one by one, but a text stays one', () => {
    expect(separate('jj \r')).toEqual(['j', 'j', 'space', 'enter']);
    expect(separate('ctrl-d')).toEqual(['ctrl-d']);
    expect(separateText('hello you\r')).toEqual(['hello you', 'enter']);
  });

  test('mean one thing each', () => {
    const keys = bindings.filter(({ stepping }) => !stepping).flatMap((one) => one.keys);
    expect(new Set(keys).size).toBe(keys.length);
    for (const { keys: own, command, stepping = false } of bindings) {
      for (const key of own) expect(commandOf(key, stepping)).toBe(command);
    }
    expect(commandOf('space', false)).toBe('pause');
  });

  test('of the footer are few, and fit', () => {
    for (const pane of ['instances', 'scenario', 'events', 'detail', 'log'] as const) {
      expect(footerKeys(pane, false).length).toBeLessThanOrEqual(9);
    }
    expect(footerKeys('events', true)[0]).toEqual(['space', 'next step']);
  });
});

describe('reading', () => {
  test('k leaves the newest, and the events stay where they are', () => {
    const { keys, scene } = aView(many(100));
    const { view } = keys('k');
    expect(view).toMatchObject({ follow: false, event: 99 });
    const rows = 10;
    const before = topIndex(scene(view), rows);
    const more = aView(many(200), view);
    expect(topIndex(more.scene(view), rows)).toBe(before);
    expect(more.scene(view).event).toBe(99);
  });

  test('g, G, pages and f go where they say', () => {
    const { keys, scene } = aView(many(100));
    expect(keys('g').view.event).toBe(1);
    expect(keys('g', 'G').view.event).toBe(100);
    expect(keys('g', 'ctrl-d', 'ctrl-u').view.event).toBe(1);
    const page = keys('g', 'pgdn').view.event ?? 0;
    expect(page).toBeGreaterThan(5);
    expect(topIndex(scene(keys('g').view), 10)).toBe(0);
    expect(keys('g', 'f').view).toMatchObject({ follow: true, event: undefined });
    expect(keys('f').view.follow).toBe(false);
  });

  test('tab goes through the panes that are there, both ways', () => {
    const { keys } = aView([]);
    expect(keys('tab').view.focus).toBe('detail');
    expect(keys('tab', 'tab').view.focus).toBe('instances');
    expect(keys('shift-tab').view.focus).toBe('scenario');
    expect(keys('l', 'esc').view).toMatchObject({ focus: 'events', aside: 'auto' });
  });

  test('an event that has fallen out of the ring gives way to the oldest', () => {
    const { scene } = aView(many(10_005), { ...newView, follow: false, event: 2, top: 2 });
    expect(scene({ ...newView, follow: false, event: 2, top: 2 }).event).toBe(6);
  });
});

test('a picker moves within its choices, picks several, and takes what it is on', () => {
  const choices = ['bob', 'carol'].map((id) => ({ id, label: id, hint: '' }));
  const one = picker(choices);
  expect(picked(one, 'enter')).toEqual({ picked: ['bob'] });
  expect(picked({ ...one, cursor: 1 }, 'j')).toEqual({ picker: { ...one, cursor: 1 } });
  expect(picked(one, 'space')).toBeUndefined();
  const some = { ...picker(choices, true), picked: ['bob'] };
  expect(picked({ ...some, cursor: 1 }, 'space')).toMatchObject({ picker: { picked: ['bob', 'carol'] } });
  expect(picked(some, 'space')).toMatchObject({ picker: { picked: [] } });
  expect(picked(some, 'enter')).toEqual({ picked: ['bob'] });
  expect(picked(picker([]), 'enter')).toBeUndefined();
});

test('a line of text is written and put right', () => {
  const write = (...keys: readonly string[]) =>
    keys.reduce((line, key) => typed(line, key) ?? line, textLine()).text;
  expect(write('Great', 'space', 'setup!')).toBe('Great setup!');
  expect(write('abc', 'left', 'backspace')).toBe('ac');
  expect(write('abc', 'home', 'x', 'end', 'y')).toBe('xabcy');
  expect(write('one two', 'ctrl-w', 'three')).toBe('one three');
  expect(write('gone', 'ctrl-u', '日本', 'backspace')).toBe('日');
  expect(write('a\u001b[2Jb\nc')).toBe('ab c');
  expect(typed(textLine(), 'ctrl-d')).toBeUndefined();
});
