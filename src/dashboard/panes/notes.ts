import type { Line } from '../line.ts';
import type { Scene } from '../view/scene.ts';

/** How much of the feed is shown, and whether new events are. */
export function feedNote({ view, frame, shown, event }: Scene): Line {
  const { feed } = frame.model;
  const kept = feed.last - feed.first + 1;
  const parts = [view.filter === '' ? `${shown.count}` : `${shown.count} of ${kept}`];
  if (view.paused !== undefined) parts.push(`paused, ${feed.last - view.paused} more held back`);
  else if (view.follow) parts.push('following');
  else {
    const below = event === undefined ? 0 : shown.count - 1 - shown.indexOf(event);
    parts.push(below > 0 ? `${below} newer` : 'at the newest');
  }
  return [[parts.join(', '), view.paused === undefined ? 'dim' : 'waiting']];
}

/** The event by the beginning of its id, as `explain` takes it. */
export function detailTitle({ frame, event }: Scene): string {
  const found = event === undefined ? undefined : frame.model.feed.at(event);
  return found ? `event ${found.id.slice(0, 13)}` : 'event';
}
