import type { Applied, CollabClient } from '../client/collab-client.ts';
import { stepOf } from '../client/event-step.ts';
import { OutboxFull } from '../client/outbox-table.ts';
import { inTransaction, isPassingFailure } from '../client/transaction.ts';
import type { InboxRecord } from '../protocol/backend-rest.ts';
import type { DeliveredEvent } from '../protocol/events.ts';
import type { PositionId, UserId } from '../protocol/ids.ts';
import type { PageFrame } from '../protocol/page-socket.ts';
import type { Tell } from '../protocol/records.ts';
import { type Effect, nameOf, notify } from './effects/effect.ts';
import { effectOf } from './effects/effects.ts';
import type { Pages } from './pages.ts';
import { savedSteps } from './saved-event.ts';
import type { Store } from './store/store.ts';

export interface InboundOptions {
  readonly me: UserId;
  readonly store: Store;
  readonly pages: Pick<Pages, 'push'>;
  /** Read when an event comes in: the client and this know each other. */
  readonly client: () => Pick<CollabClient, 'enqueue' | 'committed' | 'presenceOf'>;
  readonly wakeFetches: () => void;
  readonly onMoved: (friend: UserId, position: PositionId) => void;
  /** What the event should have done here is missing. */
  readonly onQuarantined: (friend: UserId) => void;
  readonly tell: Tell;
}

/** When the sender is asked to try again because the own outbox is full, in milliseconds. */
const outboxFullMs = 1000;

/** The two halves of taking an event: what is written in the inbox transaction, and what is shown after it. */
export function inbound(options: InboundOptions) {
  const { me, store, pages, client, wakeFetches, tell } = options;
  /** By sender and id, from apply to commit; an apply that was rolled back is overwritten by the next. */
  const pending = new Map<string, Effect>();
  const keyOf = ({ from_user, id }: DeliveredEvent) => `${from_user} ${id}`;

  return {
    apply(event: DeliveredEvent): Applied {
      const context = {
        me,
        store,
        now: new Date().toISOString(),
        enqueue: client().enqueue.bind(client()),
        registeredUrl: (user: UserId) => client().presenceOf(user)?.backend_url,
      };
      try {
        const effect = effectOf(event, context);
        pending.set(keyOf(event), effect);
        return effect.applied;
      } catch (error) {
        // Then the client takes back what was written up to here.
        if (error instanceof OutboxFull) return { outcome: 'later', retryAfterMs: outboxFullMs };
        throw error;
      }
    },

    committed(record: InboxRecord): void {
      const { event } = record;
      options.onMoved(event.from_user, event.data.position_id);
      if (record.outcome === 'quarantined') options.onQuarantined(event.from_user);
      const effect = pending.get(keyOf(event));
      pending.delete(keyOf(event));
      if (!effect) {
        if (record.outcome === 'quarantined') pages.push(showPoison(record, store));
        return;
      }
      for (const saved of effect.saved) for (const step of savedSteps(me, saved)) tell(step);
      if (effect.saved.length > 0) client().committed();
      if (effect.show === 'now') {
        const shown = pages.push([event, ...effect.frames]);
        tell({ ...stepOf(event), step: 'notified', to: me, pages: shown });
      } else {
        pages.push(effect.frames);
      }
      if (event.type !== 'comment_added') wakeFetches();
    },
  };
}

/** What the client put aside by itself, because it could not be applied at all. */
function showPoison({ event, code }: InboxRecord, store: Store): PageFrame[] {
  try {
    return [inTransaction(store.db, () => poisonNotice({ event, code }, store))];
  } catch (error) {
    // Its sender is told in any case.
    if (isPassingFailure(error)) return [];
    throw error;
  }
}

function poisonNotice({ event, code }: Pick<InboxRecord, 'event' | 'code'>, store: Store): PageFrame {
  return notify(
    { store, now: new Date().toISOString() },
    {
      kind: 'refused',
      text: `Something that ${nameOf(store, event.from_user)} sent could not be read and was put aside.`,
      from_user: event.from_user,
      position_id: event.data.position_id,
      event_id: event.id,
      ...(code !== undefined && { code }),
    },
  );
}
