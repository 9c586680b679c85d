import { isMissed } from '../feed/feed.ts';
import { contentOf } from '../panes/content.ts';
import type { Command } from './keys.ts';
import { feedRows, type Scene, topIndex } from './scene.ts';
import type { View } from './view.ts';

export type Motion = Extract<Command, 'up' | 'down' | 'top' | 'bottom' | 'page-up' | 'page-down'>;

/** Where a motion leads in a list, from a place, both from 0. */
export function moved(motion: Motion, from: number, count: number, page: number): number {
  const to = {
    up: from - 1,
    down: from + 1,
    top: 0,
    bottom: count - 1,
    'page-up': from - page,
    'page-down': from + page,
  }[motion];
  return Math.min(Math.max(to, 0), Math.max(count - 1, 0));
}

/** Moves in the pane that has the focus. */
export function moveIn(scene: Scene, motion: Motion): View {
  const { view } = scene;
  switch (view.focus) {
    case 'instances':
      return moveInstance(scene, motion);
    case 'events':
      return moveEvent(scene, motion);
    case 'detail':
    case 'scenario':
    case 'log':
      return scrolled(scene, view.focus, motion);
    default:
      return view.focus satisfies never;
  }
}

function moveInstance({ view, frame, instance }: Scene, motion: Motion): View {
  const names = [...frame.model.instances.keys()];
  const from = instance === undefined ? 0 : names.indexOf(instance);
  return { ...view, instance: names[moved(motion, from, names.length, 10)] };
}

function moveEvent(scene: Scene, motion: Motion): View {
  const { shown, event } = scene;
  const rows = feedRows(scene);
  const from = event === undefined ? 0 : shown.indexOf(event);
  return select(scene, shown.seqAt(moved(motion, from, shown.count, Math.max(rows - 1, 1))));
}

/** Selects an event, and holds still what is on the screen: nobody follows any more. */
export function select(scene: Scene, event: number | undefined): View {
  const { view, shown } = scene;
  const top = shown.seqAt(topIndex(scene, feedRows(scene)));
  return { ...view, event, top, follow: false, firstRecipient: 0, scroll: { ...view.scroll, detail: 0 } };
}

/** The next event, in a direction, that somebody did not get. */
export function nextMissed(scene: Scene, step: 1 | -1): number | undefined {
  const { shown, event, frame } = scene;
  let index = event === undefined ? shown.count : shown.indexOf(event);
  for (;;) {
    index += step;
    const seq = shown.seqAt(index);
    if (seq === undefined) return undefined;
    const found = frame.model.feed.at(seq);
    if (found && isMissed(found)) return seq;
  }
}

/** Scrolls lines. At their end it stays at the end, however many more come; only a detail begins at its top. */
function scrolled(scene: Scene, pane: 'detail' | 'scenario' | 'log', motion: Motion): View {
  const { view, layout } = scene;
  const rows = Math.max((layout.panes[pane]?.height ?? 2) - 1, 1);
  const end = Math.max(contentOf(scene, pane).length - rows, 0);
  const next = moved(motion, Math.min(view.scroll[pane] ?? end, end), end + 1, Math.max(rows - 1, 1));
  const sticks = pane !== 'detail' && next === end;
  return { ...view, scroll: { ...view.scroll, [pane]: sticks ? undefined : next } };
}
