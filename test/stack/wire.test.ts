import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readFrame, readRequest } from '../../src/stack/links/wire/message.ts';
import type { Piece, Splitter } from '../../src/stack/links/wire/piece.ts';
import { frameSplitter } from '../../src/stack/links/wire/split-frames.ts';
import { answerSplitter, requestSplitter } from '../../src/stack/links/wire/split-http.ts';
import { frame, textFrame } from './frames.ts';

/** The chunks of some bytes, cut at the given places. */
function chunks(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const places = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].toSorted((a, b) => a - b);
  return [0, ...places].map((start, n) => bytes.subarray(start, places[n] ?? bytes.length));
}

const piecesOf = (split: Splitter, parts: readonly Buffer[]): Piece[] => parts.flatMap((part) => split(part));

/** The messages in hex, whole. */
function messages(pieces: readonly Piece[]): string[] {
  const whole: string[] = [''];
  for (const { bytes, ends } of pieces) {
    whole.push((whole.pop() ?? '') + bytes.toString('hex'));
    if (ends) whole.push('');
  }
  return whole.filter(Boolean);
}

const someBytes = fc.uint8Array({ maxLength: 400 }).map((bytes) => Buffer.from(bytes));
const cuts = fc.array(fc.nat(), { maxLength: 12 });
/** A message: whole or in fragments with pings between them, or a ping. */
const someMessage = (masked: boolean) =>
  fc.oneof(
    someBytes.map((payload) => [frame({ opcode: 2, payload, masked })]),
    fc
      .array(someBytes, { minLength: 2, maxLength: 4 })
      .map((parts) =>
        parts.flatMap((payload, n) => [
          frame({ opcode: n === 0 ? 1 : 0, payload, masked, final: n === parts.length - 1 }),
          ...(n < parts.length - 1 ? [frame({ opcode: 9, payload: Buffer.from('ping'), masked })] : []),
        ]),
      ),
    fc.constant([frame({ opcode: 9, payload: Buffer.from('hello'), masked })]),
  );

describe('a stream of WebSocket frames', () => {
  test.each([true, false])('is the same messages however it is chunked (masked: %s)', (masked) => {
    fc.assert(
      fc.property(fc.array(someMessage(masked), { maxLength: 6 }), cuts, (all, where) => {
        const whole = all.map((frames) => Buffer.concat(frames));
        const pieces = piecesOf(frameSplitter({ masked }), chunks(Buffer.concat(whole), where));
        expect(messages(pieces)).toEqual(whole.map((bytes) => bytes.toString('hex')));
        expect(pieces.every(({ kind }) => kind === 'frame')).toBe(true);
      }),
    );
  });

  test('is passed on byte by byte whatever it is', () => {
    fc.assert(
      fc.property(someBytes, cuts, fc.constantFrom(requestSplitter, answerSplitter), (bytes, where, of) => {
        const pieces = piecesOf(of(), chunks(bytes, where));
        expect(Buffer.concat(pieces.map((piece) => piece.bytes)).equals(bytes)).toBe(true);
      }),
    );
    fc.assert(
      fc.property(someBytes, cuts, fc.boolean(), (bytes, where, masked) => {
        const pieces = piecesOf(frameSplitter({ masked }), chunks(bytes, where));
        expect(Buffer.concat(pieces.map((piece) => piece.bytes)).equals(bytes)).toBe(true);
      }),
    );
  });

  test.each([
    ['a compressed frame', Buffer.from([0xc1, 0x00])],
    ['an unknown opcode', Buffer.from([0x83, 0x00])],
    ['a masked frame of a server', frame({ opcode: 1, payload: Buffer.from('x'), masked: true })],
    ['a continuation of nothing', Buffer.from([0x80, 0x00])],
    ['a ping in two fragments', Buffer.from([0x09, 0x00])],
    ['a frame of 2^60 bytes', Buffer.from([0x82, 0x7f, 0x10, 0, 0, 0, 0, 0, 0, 0])],
  ])('cannot be read from %s on', (_what, bad) => {
    const fine = textFrame('42["ready",{}]');
    const pieces = piecesOf(frameSplitter({ masked: false }), [fine, bad, fine]);
    expect(pieces.map(({ kind }) => kind)).toEqual(['frame', 'opaque', 'opaque']);
  });
});

const upgrade = 'GET /socket.io/?EIO=4 HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n\r\n';
const post = 'POST /api/register HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello';
const get = 'GET /api/collab/shares HTTP/1.1\r\nHost: x\r\n\r\n';

describe('a connection', () => {
  test('is requests first, and frames after the request for a WebSocket, however it is chunked', () => {
    const said = textFrame('42["bye"]', true);
    const heads = [post, get, upgrade].map((text) => Buffer.from(text));
    const whole: Buffer[] = [...heads, said, said];
    fc.assert(
      fc.property(cuts, (where) => {
        const pieces = piecesOf(requestSplitter(), chunks(Buffer.concat(whole), where));
        expect(messages(pieces)).toEqual(whole.map((bytes) => bytes.toString('hex')));
      }),
    );
  });

  test('is frames from the relay after its greeting, unless they are compressed', () => {
    const greeting = Buffer.from('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n');
    const said = textFrame('2');
    expect(messages(piecesOf(answerSplitter(), [greeting, said, said]))).toHaveLength(3);
    const compressed = Buffer.from(
      'HTTP/1.1 101 Switching Protocols\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n',
    );
    const kinds = (first: Buffer) => piecesOf(answerSplitter(), [first, said]).map(({ kind }) => kind);
    expect(kinds(compressed)).toEqual(['opaque', 'opaque']);
    expect(kinds(Buffer.from('HTTP/1.1 200 OK\r\n\r\n'))).toEqual(['opaque', 'opaque']);
    expect(kinds(Buffer.from('\u0000binary at once'))).toEqual(['opaque', 'opaque']);
  });
});

const event = { id: 'e-1', type: 'position_shared', from_user: 'alice', data: { position_id: 'p' } };

describe('a message', () => {
  test.each([
    ['an event', `42["collab_event",${JSON.stringify(event)}]`, 'collab_event', ['e-1 position_shared']],
    [
      'a submit with a reply',
      `4217["collab_event",${JSON.stringify(event)}]`,
      'collab_event',
      ['e-1 position_shared'],
    ],
    [
      'in a namespace',
      `42/x,["collab_event",${JSON.stringify(event)}]`,
      'collab_event',
      ['e-1 position_shared'],
    ],
    ['a reply', '4317[{"id":"e-1","status":"accepted"}]', 'reply', ['e-1 undefined']],
    [
      'an acknowledgement',
      '42["collab_ack",{"from":"a","results":[{"id":"e-1"},{"id":"e-2"}]}]',
      'collab_ack',
      ['e-1 undefined', 'e-2 undefined'],
    ],
    [
      'receipts',
      '42["collab_receipt",[{"id":"e-1","to":"bob","stage":"routed"}]]',
      'collab_receipt',
      ['e-1 undefined'],
    ],
    ['an event of the plain face', JSON.stringify(event), 'collab_event', ['e-1 position_shared']],
    ['an acknowledgement of it', '{"type":"ack","results":[{"id":"e-1"}]}', 'collab_ack', ['e-1 undefined']],
    ['a ping', '2', undefined, []],
    ['a connect', '40{"sid":"x"}', undefined, []],
    ['no JSON', '42["collab_event",', undefined, []],
  ])('%s is known by its name and its events', (_what, text, name, events) => {
    for (const masked of [true, false]) {
      const message = readFrame(textFrame(text, masked));
      expect(message.name).toBe(name);
      expect(message.events.map(({ id, type }) => `${id} ${type}`)).toEqual(events);
    }
  });

  test('is read from all of its fragments, and a long one too', () => {
    const text = `42["collab_event",${JSON.stringify({ ...event, data: 'ü'.repeat(70_000) })}]`;
    const bytes = Buffer.from(text);
    const parts = [bytes.subarray(0, 41), bytes.subarray(41, 300), bytes.subarray(300)];
    const fragments = parts.map((payload, n) =>
      frame({ opcode: n === 0 ? 1 : 0, payload, masked: true, final: n === 2 }),
    );
    expect(readFrame(Buffer.concat(fragments)).events[0]?.id).toBe('e-1');
  });

  test('tells the name of the connection where it is the greeting', () => {
    expect(readFrame(textFrame('42["ready",{"conn_id":"c-7"}]')).connection).toBe('c-7');
  });

  test.each([
    ['GET /api/v1/positions/ideas/p~1?x=1 HTTP/1.1\r\n\r\n', 'fetch', 'GET /api/v1/positions/ideas/p~1', []],
    ['GET /api/collab/shares HTTP/1.1\r\n\r\n', 'resync', 'GET /api/collab/shares', []],
    [
      `POST /api/collab/events HTTP/1.1\r\n\r\n${JSON.stringify(event)}`,
      'deliver',
      'POST /api/collab/events',
      ['e-1'],
    ],
    ['GET /healthz HTTP/1.1\r\n\r\n', undefined, 'GET /healthz', []],
  ])('%j of a backend is known by what it asks for', (text, name, label, events) => {
    const message = readRequest(Buffer.from(text));
    expect([message.name, message.label, message.events.map(({ id }) => id)]).toEqual([name, label, events]);
  });
});
