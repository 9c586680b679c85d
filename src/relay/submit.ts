import { type RoutableEvent, routableEvent } from '../protocol/events.ts';
import { asParsed, isRoutableEvent } from '../protocol/fast-checks.ts';
import { type EventId, eventId, type UserId } from '../protocol/ids.ts';
import type { SubmitReply } from '../protocol/receipts.ts';
import type { Tell } from '../protocol/records.ts';
import { canonicalSpelling } from '../protocol/spelling.ts';
import { type AcceptedEvent, eventEncoder } from './encode-event.ts';
import { shapeFault } from './json-shape.ts';
import type { Limits } from './limits.ts';
import { makeEventId } from './make-event-id.ts';
import type { Member } from './member.ts';
import { type RelayMeter, routedPath } from './meter.ts';
import type { Nodes } from './nodes/nodes.ts';
import type { ReceiptsOutbox } from './receipts-outbox.ts';
import type { Roster } from './roster.ts';
import { routingVerdict } from './routing.ts';

export interface SubmitOptions {
  readonly roster: Roster;
  readonly limits: Limits;
  readonly receipts: ReceiptsOutbox;
  readonly meter: RelayMeter;
  readonly tell: Tell | undefined;
  /** A limit was hit once more, so often in a row that it is abuse. */
  readonly onAbuse: (member: Member) => void;
  /** A sender's event waits because this member does not read. */
  readonly onSlow: (member: Member, sender: UserId) => void;
  /** Absent where this relay is the only node. */
  readonly nodes: Nodes | undefined;
}

/** Takes an event from a sender as it came, hands it to whom it may go, and answers. Never throws, never waits. */
export type Submit = (sender: Member, raw: unknown) => SubmitReply;

/** Checks in the order of protocol.md section 3: size, parse, identity, rate; friendship decides for each recipient. */
export function submitDesk(options: SubmitOptions): Submit {
  const { limits, meter, tell } = options;
  const { event_bytes: bytes, json_depth: depth, json_keys: keys } = limits.settings;
  const shape = { bytes, depth, keys };

  return (sender, raw) => {
    const now = performance.now();
    const fault = shapeFault(raw, shape);
    if (fault)
      return rejectUnread(sender, raw, fault === 'too_big' ? fault : 'bad_event', fault, now, options);

    const spelled = canonicalSpelling(raw);
    const parsed = isRoutableEvent(spelled) ? asParsed(spelled) : routableEvent.safeParse(spelled);
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      const message = issue ? `${issue.path.join('.') || 'event'}: ${issue.message}` : 'not an event';
      return rejectUnread(sender, raw, 'bad_event', message, now, options);
    }
    const event = parsed.data;
    meter.received.add(event.type);
    const id = event.id ?? makeEventId();

    if (event.from_user !== undefined && event.from_user !== sender.user) {
      return reject(stepOf(sender, id, event), event.to_users, 'spoofed', options);
    }
    const recipients = othersIn(event.to_users, sender.user);
    if (recipients.length === 0) return reject(stepOf(sender, id, event), [], 'no_recipients', options);

    const shut = limits.payEvent(sender.budgets, sender.connection.address, recipients.length, now);
    if (shut) {
      countHammering(sender, now, shut.retryAfterMs, options);
      meter.limited.add(shut.scope);
      tell?.({
        ...stepOf(sender, id, event),
        step: 'rejected',
        recipients: [...recipients],
        code: 'limited',
        scope: shut.scope,
        retry_after_ms: shut.retryAfterMs,
      });
      return { id, status: 'limited', scope: shut.scope, retry_after_ms: shut.retryAfterMs };
    }
    const accepted: AcceptedEvent = {
      id,
      from: sender.user,
      sentAt: event.sent_at ?? new Date().toISOString(),
      event,
      data: JSON.stringify(dataOf(spelled)),
    };
    const step = stepOf(sender, id, event);
    tell?.({ ...step, step: 'accepted', recipients: [...recipients] });
    route(sender, accepted, recipients, step, now, options);
    meter.routeSeconds.observe((performance.now() - now) / 1000);
    meter.dataBytes.observe(Buffer.byteLength(accepted.data));
    return { id, status: 'accepted' };
  };
}

function route(
  sender: Member,
  accepted: AcceptedEvent,
  recipients: readonly UserId[],
  step: EventStep,
  now: number,
  { roster, limits, receipts, meter, tell, onSlow, nodes }: SubmitOptions,
): void {
  const { id, event } = accepted;
  const softLimit = limits.settings.buffer_soft_bytes;
  const encode = eventEncoder(accepted);
  for (const user of recipients) {
    const connected = roster.get(user);
    if (nodes && !connected && nodes.forward(sender, accepted, user, () => encode(user), now)) continue;
    let verdict = routingVerdict(sender, event.type, {
      user,
      connected,
      // With other nodes it is not known who was anywhere once.
      known: connected !== undefined || nodes !== undefined || roster.wasHere(user),
      slow: connected !== undefined && connected.connection.buffered > softLimit,
    });
    if (verdict === 'offline' && nodes && !nodes.isUp) verdict = 'bus_down';
    let retryAfterMs = 0;
    if (verdict === 'deliver') {
      retryAfterMs = sender.budgets.pairs.take(user, 1, now);
      if (retryAfterMs > 0) verdict = 'limited';
    }
    if (tell) {
      const backend_url = connected?.profile.backendUrl;
      tell({
        ...step,
        step: 'looked_up',
        to: user,
        verdict,
        ...(backend_url !== undefined && { backend_url }),
        ...(retryAfterMs > 0 && { retry_after_ms: retryAfterMs }),
      });
    }
    if (verdict === 'deliver' && connected) {
      connected.send('collab_event', encode(user));
      receipts.routed(sender, id, user, !connected.acks);
      meter.routed.add(routedPath.local[event.type]);
      tell?.({ ...step, step: 'routed', to: user });
    } else if (verdict === 'limited') {
      meter.limited.add('pair');
      receipts.add(sender, { id, to: user, stage: 'limited', retry_after_ms: retryAfterMs });
    } else {
      receipts.unavailable(sender, id, user, now);
      meter.unavailable.add(verdict);
      if (verdict === 'slow' && connected) onSlow(connected, sender.user);
    }
  }
}

/** Recipients once each, without the sender itself. */
function othersIn(users: readonly UserId[], self: UserId): readonly UserId[] {
  const [only] = users;
  if (users.length === 1 && only !== self) return users;
  const others = new Set(users);
  others.delete(self);
  return [...others];
}

/** The payload as it came: a schema's copy would lack the keys that a team added inside of ours. */
function dataOf(spelled: unknown): unknown {
  return typeof spelled === 'object' && spelled !== null && 'data' in spelled ? spelled.data : undefined;
}

type EventStep = ReturnType<typeof stepOf>;

/** What every step in the journal says about its event. */
function stepOf(sender: Member, id: EventId, { type, data, cause }: RoutableEvent) {
  return {
    type: 'step',
    event: id,
    kind: type,
    from: sender.user,
    position: data.position_id,
    ...(cause !== undefined && { cause }),
  } as const;
}

function reject(
  step: EventStep,
  recipients: readonly UserId[],
  code: string,
  { meter, tell }: SubmitOptions,
): SubmitReply {
  meter.rejected.add(code);
  tell?.({ ...step, step: 'rejected', recipients: [...recipients], code });
  return { id: step.event, status: 'rejected', code };
}

/** What is no event at all has no step; it costs its sender a token all the same. */
function rejectUnread(
  sender: Member,
  raw: unknown,
  code: 'too_big' | 'bad_event',
  message: string,
  now: number,
  options: SubmitOptions,
): SubmitReply {
  const retryAfterMs = sender.budgets.events.take(1, now);
  if (retryAfterMs > 0) countHammering(sender, now, retryAfterMs, options);
  options.meter.rejected.add(code);
  const given = typeof raw === 'object' && raw !== null && 'id' in raw ? raw.id : undefined;
  const id = eventId.safeParse(given);
  options.tell?.({
    type: 'note',
    level: 'warn',
    code,
    text: `${sender.user} sent something that is not an event: ${message}`,
  });
  return { ...(id.success && { id: id.data }), status: 'rejected', code, message };
}

function countHammering(
  sender: Member,
  now: number,
  retryAfterMs: number,
  { limits, onAbuse }: SubmitOptions,
): void {
  if (limits.hammered(sender, retryAfterMs, now)) onAbuse(sender);
}
