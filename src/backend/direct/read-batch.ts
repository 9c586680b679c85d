import { type UnreadableEvent, unreadableEvent } from '../../client/unreadable-event.ts';
import { Refused } from '../../http/refused.ts';
import { type DeliveredEvent, deliveredEvent } from '../../protocol/events.ts';
import type { UserId } from '../../protocol/ids.ts';
import { type PeerEvents, peerEvents } from '../../protocol/peer-events.ts';
import { mayPass } from '../checks/may-pass.ts';
import type { Friendship } from '../store/friends.ts';

export type Read =
  | { readonly kind: 'event'; readonly event: DeliveredEvent }
  | { readonly kind: 'unreadable'; readonly envelope: UnreadableEvent };

/** What a request of a peer brings. */
export interface Batch {
  /** What may come from somebody whom this user calls so. */
  readonly wanted: readonly Read[];
  readonly displayName: string | undefined;
  readonly leaving: boolean;
  /** It brought nothing: they only say that they are there. */
  readonly greeting: boolean;
}

interface Facts {
  readonly from: UserId;
  readonly me: UserId;
  readonly friendship: Friendship;
}

const several = peerEvents.options[0];

/** Reads it event by event; nobody speaks for others, nor through us to others. Throws `Refused`. */
export function readBatch(body: PeerEvents, facts: Facts): Batch {
  const {
    events,
    display_name: displayName,
    leaving = false,
  } = several.safeParse(body).data ?? { events: [body] };
  const read = events.map((one) => readEvent(one, facts));
  const wanted = read.filter((one) => one.kind === 'unreadable' || mayPass(facts.friendship, one.event.type));
  return { wanted, displayName, leaving, greeting: read.length === 0 };
}

function readEvent(raw: unknown, { from, me }: Facts): Read {
  const event = deliveredEvent.safeParse(raw);
  const envelope = unreadableEvent.safeParse(raw);
  if (!envelope.success) throw new Refused('bad_request', { detail: 'This is no event.' });
  if (envelope.data.from_user !== from)
    throw new Refused('forbidden', { detail: 'from_user is the caller.' });
  if (!event.success) return { kind: 'unreadable', envelope: envelope.data };
  if (event.data.to_users[0] !== me) throw new Refused('bad_request', { detail: `This is ${me}'s backend.` });
  return { kind: 'event', event: event.data };
}
