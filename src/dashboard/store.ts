import type { JournalEntry } from '../protocol/records.ts';
import type { Filter } from './feed/filter.ts';
import { everything, Matches, type Shown } from './feed/shown.ts';
import { type Model, newModel, take } from './model.ts';

/** What components read: a new object for each frame, around a model that has gone on. */
export interface Frame {
  readonly model: Model;
  readonly shown: Shown;
  /** When it was made, in ms since 1970. */
  readonly now: number;
}

/** Where a dashboard reads: fed with journal batches as fast as they come, read once a frame. */
export interface ModelStore extends Disposable {
  take(entries: readonly JournalEntry[]): void;
  /** Narrows what is shown of the feed; undefined shows all of it. */
  filter(filter: Filter | undefined): void;
  readonly get: () => Frame;
  readonly subscribe: (listener: () => void) => () => void;
}

export interface StoreOptions {
  /** The shortest time between two frames. */
  readonly frameMs?: number;
  readonly keptEvents?: number;
  readonly clock?: () => number;
}

/** How often rates are drawn again while they fall and nothing happens. */
const idleMs = 1000;

export function openModelStore({
  frameMs = 66,
  keptEvents,
  clock = Date.now,
}: StoreOptions = {}): ModelStore {
  const listeners = new Set<() => void>();
  const model = newModel(keptEvents);
  let matches: Matches | undefined;
  let frame: Frame = { model, shown: everything(model.feed), now: clock() };
  /** Runs until the next frame may be drawn. */
  let pacing: NodeJS.Timeout | undefined;
  /** Runs while nothing happens and rates still fall. */
  let idling: NodeJS.Timeout | undefined;
  let isDue = false;

  function publish(): void {
    clearTimeout(pacing);
    clearTimeout(idling);
    const changed = model.feed.takeChanged();
    matches?.update(changed, model.feed.first);
    isDue = false;
    // A frame is known as new by its identity alone: what it holds goes on in place.
    frame = { model, shown: matches ?? everything(model.feed), now: clock() };
    for (const listener of listeners) listener();
    pacing = setTimeout(paced, frameMs).unref();
  }

  function paced(): void {
    pacing = undefined;
    if (isDue) publish();
    else if (model.began.perSecond(frame.now) > 0 || model.arrived.perSecond(frame.now) > 0) {
      idling = setTimeout(publish, idleMs).unref();
    }
  }

  function due(): void {
    isDue = true;
    if (pacing === undefined) publish();
  }

  return {
    take(entries) {
      const now = clock();
      for (const entry of entries) take(model, entry, now);
      if (entries.length > 0) due();
    },
    filter(filter) {
      matches = filter && new Matches(filter, model.feed);
      publish();
    },
    get: () => frame,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    [Symbol.dispose]() {
      clearTimeout(pacing);
      clearTimeout(idling);
      listeners.clear();
    },
  };
}
