import { z } from 'zod';
import { type EventType, eventType } from '../../../protocol/events.ts';
import { type EventId, eventId } from '../../../protocol/ids.ts';
import { type MessageName, messageNames } from '../../../protocol/links-config.ts';
import { textOfFrames } from './frame-text.ts';

/** One message on a link, as far as it can be read. */
export interface Message {
  readonly what: 'frame' | 'request';
  /** Undefined for what only holds a connection together: greetings of the transport, pings. */
  readonly name: MessageName | undefined;
  /** As it is shown: its name, or the method and the path of a request. */
  readonly label: string | undefined;
  /** The events that it carries or speaks of. */
  readonly events: readonly { readonly id: EventId; readonly type: EventType | undefined }[];
  /** The relay's name for this connection, in its greeting. */
  readonly connection: string | undefined;
}

const nameOf = z.enum(messageNames);

/** Names of the plain WebSocket face that differ from those of the Socket.IO face. */
const plainNames: Readonly<Record<string, MessageName>> = {
  ack: 'collab_ack',
  friends: 'collab_friends',
};

/** Reads a whole WebSocket message of either face; text that is of neither has no name. */
export function readFrame(bytes: Buffer): Message {
  const text = textOfFrames(bytes);
  const unnamed: Message = {
    what: 'frame',
    name: undefined,
    label: undefined,
    events: [],
    connection: undefined,
  };
  if (text === undefined) return unnamed;
  // Engine.IO's "message", and in it an event or a reply of Socket.IO: 42["name",…], 421["name",…], 431[…].
  const packet = /^4([23])(?:\/[^,]*,)?\d*(?=\[)/.exec(text);
  const json = jsonOf(packet ? text.slice(packet[0].length) : text);
  if (packet?.[1] === '3') return named('reply', Array.isArray(json) ? json[0] : undefined);
  if (packet && Array.isArray(json)) return named(json[0], json[1]);
  const frame = z.looseObject({ type: z.string() }).safeParse(json);
  if (!frame.success) return unnamed;
  const { type } = frame.data;
  return named(eventType.safeParse(type).success ? 'collab_event' : (plainNames[type] ?? type), frame.data);
}

function named(raw: unknown, payload: unknown): Message {
  const name = nameOf.safeParse(raw).data;
  const connection =
    name === 'ready' ? z.object({ conn_id: z.string() }).safeParse(payload).data?.conn_id : undefined;
  return { what: 'frame', name, label: name, events: name ? eventsOf(name, payload) : [], connection };
}

/** Reads a whole request: what one backend asks of another, or hands over in the direct topology. */
export function readRequest(bytes: Buffer): Message {
  const end = bytes.indexOf('\r\n\r\n');
  const [, method = '', path = ''] = /^([A-Z]+) (\S+)/.exec(bytes.toString('latin1', 0, end)) ?? [];
  const label = `${method} ${path.replace(/\?.*$/, '')}`;
  const name = requestName(label);
  const body = name === 'deliver' ? jsonOf(bytes.toString('utf8', end + 4)) : undefined;
  return { what: 'request', name, label, events: eventsOf('collab_event', body), connection: undefined };
}

function requestName(label: string): MessageName | undefined {
  if (/^GET \/api\/v1\/positions\/ideas\/[^/]+$/.test(label)) return 'fetch';
  if (label === 'GET /api/collab/shares') return 'resync';
  return label === 'POST /api/collab/events' ? 'deliver' : undefined;
}

const spoken = z.looseObject({ id: eventId, type: eventType.optional().catch(undefined) });
const several = z.looseObject({
  event: z.unknown().optional(),
  events: z.array(z.unknown()).catch([]),
  results: z.array(z.unknown()).catch([]),
  receipts: z.array(z.unknown()).catch([]),
  ids: z.array(z.unknown()).catch([]),
});

const withEvents: ReadonlySet<MessageName> = new Set([
  'collab_event',
  'collab_ack',
  'collab_receipt',
  'reply',
]);

function eventsOf(name: MessageName, payload: unknown): Message['events'] {
  if (!withEvents.has(name)) return [];
  const inside = several.safeParse(payload).data;
  const parts = Array.isArray(payload)
    ? payload
    : [
        payload,
        inside?.event,
        ...(inside?.events ?? []),
        ...(inside?.results ?? []),
        ...(inside?.receipts ?? []),
      ];
  const ids = (inside?.ids ?? []).map((id) => ({ id }));
  const found = [...parts, ...ids].flatMap((part: unknown) => {
    const event = spoken.safeParse(part).data;
    return event ? [{ id: event.id, type: event.type }] : [];
  });
  return [...new Map(found.map((event) => [event.id, event])).values()];
}

function jsonOf(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    return undefined;
  }
}
