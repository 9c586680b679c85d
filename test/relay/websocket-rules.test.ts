import { describe, expect, test } from 'vitest';
import { bytesOf, opcodes, openRaw, type RawWebSocket, type SentFrame } from './raw-websocket.ts';
import { anEvent, join, startInsecureRelay } from './rig.ts';

// The rules of RFC 6455 that the well-known fuzzing suite for WebSocket servers goes through, as far as they bear on a
// face that takes text alone: what is allowed works however it is cut up, and what is not ends the connection with the
// right code, after a word why, and nobody else notices.

const { text, continuation, binary, close, ping, pong } = opcodes;

type TellingRelay = Awaited<ReturnType<typeof startInsecureRelay>>;

const patient = { limits: { hello_wait_ms: 10_000 } };

/** Alice on a raw socket, greeted. */
async function alicesSocket() {
  const relay = await startInsecureRelay(patient);
  const alice = await openRaw(relay);
  alice.send({ opcode: text, payload: '{"type":"hello"}' });
  expect(JSON.parse(String(await alice.next(text)))).toMatchObject({ type: 'ready' });
  return { relay, alice };
}

const nextJson = async (socket: RawWebSocket): Promise<unknown> =>
  JSON.parse(String(await socket.next(text)));

const event = (overrides = {}) => JSON.stringify(anEvent(overrides));

/** It is told why, closed with this code, and let go; others go on. */
async function expectFault(relay: TellingRelay, alice: RawWebSocket, code: number): Promise<void> {
  const [word, number] = code === 1009 ? ['too_big', 4413] : ['protocol', 4400];
  expect(await nextJson(alice)).toMatchObject({ type: 'collab_error', code: word, close_code: number });
  expect((await alice.next(close)).readUInt16BE(0)).toBe(code);
  // A client that has understood answers the close; the relay ends the connection either way.
  alice.send({ opcode: close, payload: codeBytes(code) });
  await alice.ended;
  expect(relay.told).toContainEqual(
    expect.objectContaining({ type: 'connection', user: 'alice', state: 'disconnected', code: word }),
  );
  await join(relay, 'bob', { token: undefined });
}

function codeBytes(code: number, reason = ''): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(code);
  return Buffer.concat([bytes, Buffer.from(reason)]);
}

/** A message in pieces. */
const pieces = (...parts: (string | Buffer)[]): SentFrame[] =>
  parts.map((payload, index) => ({
    opcode: index === 0 ? text : continuation,
    payload,
    fin: index === parts.length - 1,
  }));

describe('a message', () => {
  test('may come in pieces, with pings between them', async () => {
    const { alice } = await alicesSocket();
    const whole = event();
    const [first, second, third] = pieces(whole.slice(0, 1), '', whole.slice(1));
    if (!first || !second || !third) throw new Error('there are three');
    alice.send(first, { opcode: ping, payload: 'one' }, second, { opcode: ping, payload: 'two' }, third);
    expect(String(await alice.next(pong))).toBe('one');
    expect(String(await alice.next(pong))).toBe('two');
    expect(await nextJson(alice)).toEqual({ type: 'reply', id: 'e1', status: 'accepted' });
  });

  test('may come byte by byte', async () => {
    const { alice } = await alicesSocket();
    for (const byte of bytesOf({ opcode: text, payload: event() })) {
      await new Promise((resolve) => alice.socket.write(Buffer.from([byte]), resolve));
    }
    expect(await nextJson(alice)).toMatchObject({ type: 'reply', status: 'accepted' });
  });

  test('may be cut in the middle of a character, and several may come at once', async () => {
    const { alice } = await alicesSocket();
    const data = { position_id: 'p1', updates: { notes: 'κόσμε 𝄞' } };
    const bytes = Buffer.from(event({ data }));
    const inside = bytes.indexOf(Buffer.from('𝄞')) + 2;
    alice.send(...pieces(bytes.subarray(0, inside), bytes.subarray(inside)), {
      opcode: text,
      payload: event({ id: 'e2' }),
    });
    expect(await nextJson(alice)).toMatchObject({ id: 'e1', status: 'accepted' });
    expect(await nextJson(alice)).toMatchObject({ id: 'e2', status: 'accepted' });
  });

  test.each([
    ['in one frame', (bytes: string): SentFrame[] => [{ opcode: text, payload: bytes }]],
    ['in pieces', (bytes: string): SentFrame[] => pieces(bytes.slice(0, 40_000), bytes.slice(40_000))],
  ])('of 64 KiB %s is read, and one byte more is too big', async (_how, cut) => {
    const { relay, alice } = await alicesSocket();
    alice.send(...cut(`"${'x'.repeat(64 * 1024 - 2)}"`));
    expect(await nextJson(alice)).toMatchObject({ type: 'reply', status: 'rejected', code: 'too_big' });
    alice.send(...cut(`"${'x'.repeat(64 * 1024 - 1)}"`));
    await expectFault(relay, alice, 1009);
  });

  test('that only says that it will be huge is refused before it comes', async () => {
    const { relay, alice } = await alicesSocket();
    alice.socket.write(Buffer.from([0x81, 0xff, 0, 0, 1, 0, 0, 0, 0, 0, 1, 2, 3, 4]));
    await expectFault(relay, alice, 1009);
  });

  test('in endless empty pieces is ended', async () => {
    const { relay, alice } = await alicesSocket();
    const empty = bytesOf({ opcode: continuation, fin: false });
    alice.send({ opcode: text, fin: false });
    alice.socket.write(Buffer.concat(Array.from({ length: 20_000 }, () => empty)));
    await expectFault(relay, alice, 1008);
  });

  test.each([
    ['a lone continuation byte', [0x80]],
    ['a character that is cut off', [0xce]],
    ['an overlong form', [0xc0, 0xaf]],
    ['half of a surrogate pair', [0xed, 0xa0, 0x80]],
    ['a code point beyond the last', [0xf4, 0x90, 0x80, 0x80]],
    ['a byte that is never used', [0xff]],
  ])('with %s is not UTF-8', async (_what, bytes) => {
    const { relay, alice } = await alicesSocket();
    alice.send(...pieces('"κόσμε', Buffer.from(bytes), '"'));
    await expectFault(relay, alice, 1007);
  });
});

describe('pings and pongs', () => {
  test('come back with what they carried, up to 125 bytes; a pong that nobody asked for is nothing', async () => {
    const { alice } = await alicesSocket();
    const payloads = [Buffer.alloc(0), Buffer.from([0xff, 0xfe, 0]), Buffer.alloc(125, 7)];
    alice.send({ opcode: pong, payload: 'unasked' });
    alice.send(...payloads.map((payload) => ({ opcode: ping, payload })));
    for (const payload of payloads) expect(await alice.next(pong)).toEqual(payload);
    alice.send({ opcode: text, payload: event() });
    expect(await nextJson(alice)).toMatchObject({ status: 'accepted' });
  });

  test('are pinged themselves, and who answers stays', async () => {
    const relay = await startInsecureRelay({ limits: { ping_interval_ms: 600, ping_timeout_ms: 500 } });
    const alice = await openRaw(relay);
    alice.send({ opcode: text, payload: '{"type":"hello"}' });
    for (let n = 0; n < 4; n += 1) alice.send({ opcode: pong, payload: await alice.next(ping) });
    expect(alice.socket.closed).toBe(false);
  });

  test('cost what acknowledgements cost', async () => {
    const relay = await startInsecureRelay({
      limits: { ...patient.limits, per_connection_control: { rate: 1 / 3600, burst: 1 }, hammering: 10 },
    });
    const alice = await openRaw(relay);
    alice.send({ opcode: text, payload: '{"type":"hello"}' });
    expect(await nextJson(alice)).toMatchObject({ type: 'ready' });
    alice.send(...Array.from({ length: 20 }, () => ({ opcode: ping })));
    expect(await nextJson(alice)).toMatchObject({ code: 'limited', retryable: true });
    expect(await nextJson(alice)).toMatchObject({ code: 'abuse', close_code: 4429 });
    expect((await alice.next(close)).readUInt16BE(0)).toBe(4429);
  });
});

describe('what no WebSocket says ends the connection', () => {
  test.each<[string, SentFrame[]]>([
    ['an unmasked frame', [{ opcode: text, payload: event(), masked: false }]],
    ...[1, 2, 4, 7].map((rsv): [string, SentFrame[]] => [
      `reserved bits ${rsv}`,
      [{ opcode: text, payload: event(), rsv }],
    ]),
    ...[3, 7, 11, 15].map((opcode): [string, SentFrame[]] => [`the reserved opcode ${opcode}`, [{ opcode }]]),
    ['a continuation of nothing', [{ opcode: continuation, payload: 'x' }]],
    [
      'a new message inside of another',
      [
        { opcode: text, payload: '{', fin: false },
        { opcode: text, payload: '}' },
      ],
    ],
    ['a ping in pieces', [{ opcode: ping, fin: false }]],
    ['a ping of 126 bytes', [{ opcode: ping, payload: Buffer.alloc(126) }]],
    ['a close of one byte', [{ opcode: close, payload: Buffer.from([3]) }]],
    ...[0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000].map((code): [string, SentFrame[]] => [
      `a close with the code ${code}`,
      [{ opcode: close, payload: codeBytes(code) }],
    ]),
  ])('%s', async (_what, frames) => {
    const { relay, alice } = await alicesSocket();
    alice.send(...frames);
    await expectFault(relay, alice, 1002);
  });

  test('a reason that is not UTF-8', async () => {
    const { relay, alice } = await alicesSocket();
    alice.send({ opcode: close, payload: Buffer.concat([codeBytes(1000), Buffer.from([0xc0, 0xaf])]) });
    await expectFault(relay, alice, 1007);
  });

  test('a binary message, whole or in pieces, which a WebSocket may say but not this protocol', async () => {
    for (const fin of [true, false]) {
      const { alice } = await alicesSocket();
      alice.send({ opcode: binary, payload: event(), fin });
      if (!fin) alice.send({ opcode: continuation });
      expect(await nextJson(alice)).toMatchObject({ code: 'protocol' });
      expect((await alice.next(close)).readUInt16BE(0)).toBe(4400);
    }
  });
});

describe('the end', () => {
  test.each([
    ['no code', Buffer.alloc(0)],
    ['1000', codeBytes(1000)],
    ['1000 and a long reason', codeBytes(1000, 'r'.repeat(123))],
    ['a code of a library', codeBytes(3000)],
    ['a code of an application', codeBytes(4999, 'tschüss')],
  ])('a close with %s is answered with the same, and what follows it is not read', async (_what, payload) => {
    const { relay, alice } = await alicesSocket();
    alice.send({ opcode: close, payload }, { opcode: text, payload: event() });
    expect(await alice.next(close)).toEqual(payload);
    // Nobody is told that something was routed to a socket which takes nothing any more.
    expect(relay.census().links).toEqual([]);
    await alice.ended;
    expect(relay.told.filter(({ type }) => type === 'step')).toEqual([]);
  });

  test.each([
    ['half of it', (alice: RawWebSocket) => alice.socket.end()],
    ['all of it', (alice: RawWebSocket) => alice.socket.resetAndDestroy()],
  ])('a network connection of which the client has closed %s is gone', async (_what, end) => {
    const { relay, alice } = await alicesSocket();
    end(alice);
    await alice.ended;
    await expect.poll(() => relay.census().links, { timeout: 10_000 }).toEqual([]);
  });

  test('in the middle of a message nothing of it counts', async () => {
    const { relay, alice } = await alicesSocket();
    const bytes = bytesOf({ opcode: text, payload: event() });
    alice.socket.end(bytes.subarray(0, -1));
    await alice.ended;
    expect(relay.told.filter(({ type }) => type === 'step')).toEqual([]);
  });
});
