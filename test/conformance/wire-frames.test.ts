import { expect, test } from 'vitest';
import { eventText, framesIn } from '../../src/conformance/bench/wire-frames.ts';

test('Socket.IO: the handshake, events with and without an answer, several while it polls', () => {
  const poll =
    '40{"token":"t","acks":true}\u001e420["collab_event",{"id":"e"}]\u001e42["collab_ack",{"from":"alice"}]';
  expect(framesIn(poll, 'socket.io', 'to-relay')).toEqual([
    { direction: 'to-relay', name: 'hello', payload: { token: 't', acks: true } },
    { direction: 'to-relay', name: 'collab_event', payload: { id: 'e' } },
    { direction: 'to-relay', name: 'collab_ack', payload: { from: 'alice' } },
  ]);
});

test('the plain face says the same under its own names', () => {
  const ack = framesIn('{"type":"ack","from":"alice"}', 'plain', 'to-relay');
  expect(ack).toEqual([{ direction: 'to-relay', name: 'collab_ack', payload: { from: 'alice' } }]);
  const event = { type: 'share_revoked', id: 'e', data: {} };
  expect(framesIn(JSON.stringify(event), 'plain', 'to-relay')).toEqual([
    { direction: 'to-relay', name: 'collab_event', payload: event },
  ]);
});

test('pings, replies and nonsense are no frames', () => {
  for (const text of ['2', '3probe', '430[{"status":"accepted"}]', '40', '42nonsense', '']) {
    expect(framesIn(text, 'socket.io', 'to-backend')).toEqual([]);
  }
  expect(framesIn('nonsense', 'plain', 'to-backend')).toEqual([]);
});

test('an event that is put on the wire is read as one', () => {
  const event = { type: 'share_revoked', id: 'e', data: {} };
  for (const face of ['plain', 'socket.io'] as const) {
    const [frame] = framesIn(eventText(face, event), face, 'to-backend');
    expect(frame).toEqual({ direction: 'to-backend', name: 'collab_event', payload: event });
  }
});
