import { z } from 'zod';

/** One frame between the tested backend and the relay, whichever face it uses. */
export interface WireFrame {
  readonly direction: 'to-relay' | 'to-backend';
  /** `hello` is the handshake of either face, `collab_event` an event of either. */
  readonly name: string;
  readonly payload: unknown;
}

const emitted = z.tuple([z.string()]).rest(z.unknown());
const plain = z.looseObject({ type: z.string() });
const events = new Set(['position_shared', 'comment_added', 'position_updated', 'share_revoked']);
const plainNames: Readonly<Record<string, string>> = {
  ack: 'collab_ack',
  friends: 'collab_friends',
};

/**
 * Reads a text of a Socket.IO connection (Engine.IO packets, several with U+001E between them where it polls), or of the
 * plain face. What is none of ours is no frame.
 */
export function framesIn(text: string, face: Face, direction: WireFrame['direction']): WireFrame[] {
  if (face === 'plain') return plainFrame(text, direction);
  return text.split('\u001e').flatMap((packet) => {
    const connect = /^40(?:\/[^,]*,)?(\{.*\})?$/s.exec(packet);
    if (connect) {
      return direction === 'to-relay'
        ? [{ direction, name: 'hello', payload: parsed(connect[1] ?? '{}') }]
        : [];
    }
    const event = emitted.safeParse(parsed(/^42\d*(\[.*\])$/s.exec(packet)?.[1] ?? ''));
    return event.success ? [{ direction, name: event.data[0], payload: event.data[1] }] : [];
  });
}

export type Face = 'socket.io' | 'plain';

/** An event as the relay would hand it over on that face. */
export function eventText(face: Face, event: Readonly<Record<string, unknown>>): string {
  return face === 'plain' ? JSON.stringify(event) : `42${JSON.stringify(['collab_event', event])}`;
}

function plainFrame(text: string, direction: WireFrame['direction']): WireFrame[] {
  const frame = plain.safeParse(parsed(text));
  if (!frame.success) return [];
  const { type, ...payload } = frame.data;
  if (events.has(type)) return [{ direction, name: 'collab_event', payload: frame.data }];
  return [{ direction, name: plainNames[type] ?? type, payload }];
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
