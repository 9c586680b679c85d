import type { DeliveredEvent } from '../../protocol/events.ts';
import { commentAdded } from './comment-added.ts';
import type { Effect, EffectContext } from './effect.ts';
import { positionShared } from './position-shared.ts';
import { positionUpdated } from './position-updated.ts';
import { shareRevoked } from './share-revoked.ts';

/** What each type of event does here. */
export function effectOf(event: DeliveredEvent, context: EffectContext): Effect {
  switch (event.type) {
    case 'position_shared':
      return positionShared(event, context);
    case 'position_updated':
      return positionUpdated(event, context);
    case 'share_revoked':
      return shareRevoked(event, context);
    case 'comment_added':
      return commentAdded(event, context);
    default:
      return event satisfies never;
  }
}
