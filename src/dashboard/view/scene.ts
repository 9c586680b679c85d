import type { Shown } from '../feed/shown.ts';
import { upTo } from '../feed/shown.ts';
import { isUser } from '../instances.ts';
import { type Layout, layout, type PaneName, paneNames } from '../layout.ts';
import { rowsOfDialog } from '../panes/dialog-lines.ts';
import type { RunFacts } from '../run-facts.ts';
import type { Frame } from '../store.ts';
import type { View } from './view.ts';

/** All that is needed to draw, or to decide what a key does: the run, the view on it, and the room there is. */
export interface Scene {
  readonly frame: Frame;
  readonly view: View;
  readonly facts: RunFacts;
  readonly layout: Layout;
  /** What may be seen of the feed now. */
  readonly shown: Shown;
  /** The selected instance, by name. */
  readonly instance: string | undefined;
  /** The number of the selected event. */
  readonly event: number | undefined;
  readonly log: readonly string[];
  readonly color: boolean;
}

export interface SceneParts {
  readonly frame: Frame;
  readonly view: View;
  readonly facts: RunFacts;
  readonly columns: number;
  readonly rows: number;
  readonly log: readonly string[];
  readonly color: boolean;
}

export function sceneOf({ frame, view, facts, columns, rows, log, color }: SceneParts): Scene {
  const { instances, scenario } = frame.model;
  const room = layout(columns, rows, {
    instances: instances.size,
    steps: scenario?.total ?? 0,
    aside: view.aside,
    dialog: view.mode.id === 'dialog' ? rowsOfDialog(view.mode.dialog) : 0,
  });
  const shown = upTo(frame.shown, view.paused);
  return {
    frame,
    view,
    facts,
    layout: room,
    shown,
    instance: view.instance ?? [...instances.keys()].find(isUser) ?? instances.keys().next().value,
    event: selectedEvent(view, shown),
    log,
    color,
  };
}

/** The selected event, or the one nearest to it where it is not shown any more. */
function selectedEvent({ event, follow }: View, shown: Shown): number | undefined {
  if (follow || event === undefined) return shown.seqAt(shown.count - 1);
  return shown.seqAt(Math.min(shown.indexOf(event), shown.count - 1));
}

/** The panes on the screen, in the order of the tab key. */
export const visiblePanes = ({ panes }: Layout): PaneName[] => paneNames.filter((name) => panes[name]);

/** How many events fit. */
export const feedRows = ({ layout: { panes } }: Scene): number =>
  Math.max((panes.events?.height ?? 2) - 1, 1);

/**
 * The place of the uppermost event on the screen. Where nobody follows it stays where it was, however many come; it
 * moves only so far that the selected one is to be seen.
 */
export function topIndex({ view, shown, event }: Scene, rows: number): number {
  const last = Math.max(shown.count - rows, 0);
  if (view.follow) return last;
  const top = Math.min(view.top === undefined ? last : shown.indexOf(view.top), last);
  const selected = event === undefined ? top : shown.indexOf(event);
  return Math.max(Math.min(top, selected), selected - rows + 1, 0);
}
