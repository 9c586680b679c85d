import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { backendRoutes } from '../../src/protocol/backend-rest.ts';
import { relayRoutes } from '../../src/protocol/relay-rest.ts';
import type { Route } from '../../src/protocol/route.ts';
import { friendsOf, startRelay as startRelayForBackends, startUser } from '../backend/rig.ts';
import { anEvent, friends, join, startRelay, tokenFor } from '../relay/rig.ts';

/** So long may a busy machine take to answer. */
const patienceMs = 20_000;
/** More by hand: `COLLAB_FUZZ=50 npx vitest run test/security/fuzz.test.ts` runs fifty times as many. */
const times = (count: number) => ({ numRuns: count * Number(process.env.COLLAB_FUZZ ?? 1) });
const testMs = 60_000 * Number(process.env.COLLAB_FUZZ ?? 1);

/** Sends bytes as they are; answers the status, or `closed` where the server hung up. */
async function raw(port: number, bytes: string | Buffer): Promise<number | 'closed'> {
  const socket = connect({ host: '127.0.0.1', port });
  socket.on('error', () => {});
  const answer = Promise.withResolvers<number | 'closed'>();
  let text = '';
  socket.on('data', (chunk) => {
    text += chunk.toString('latin1');
    const status = /^HTTP\/1\.1 (\d{3})/.exec(text)?.[1];
    if (status !== undefined) answer.resolve(Number(status));
  });
  socket.on('close', () => answer.resolve('closed'));
  socket.write(bytes);
  const late = new AbortController();
  const tooLate = wait(patienceMs, undefined, { signal: late.signal }).then(() => {
    throw new Error(`no answer to ${JSON.stringify(String(bytes))}`);
  });
  try {
    return await Promise.race([answer.promise, tooLate]);
  } finally {
    late.abort();
    socket.destroy();
  }
}

const anything = fc.oneof(
  fc.json(),
  fc.string({ unit: 'binary' }),
  fc.constant(''),
  fc.constant('{"__proto__":{}}'),
);
const printable = fc.string({ unit: fc.constantFrom(...'abz09-._~%/?&=#:@[]{}\\"\'<>+,;$*!()| ') });

/** Requests to the routes of a table, and to what looks like them: any method, parameters, query and body. */
const requests = (routes: Readonly<Record<string, Route>>, headers: readonly string[]) =>
  fc
    .record({
      method: fc.constantFrom('GET', 'POST', 'PATCH', 'DELETE', 'PUT', 'HEAD', 'OPTIONS', 'TRACE', 'get'),
      path: fc.constantFrom(
        ...Object.values(routes).map(({ path }) => path),
        '/',
        '//',
        '/ws/alice',
        '/socket.io/',
      ),
      filling: fc.oneof(
        printable,
        fc.constantFrom('berlin', '%00', '%ff', '..', '%2e%2e%2f', 'a'.repeat(300)),
      ),
      query: fc.oneof(fc.constant(''), printable),
      type: fc.constantFrom('application/json', 'text/plain', 'application/json; charset=utf-16', ''),
      extra: fc.constantFrom(
        ...headers,
        'Origin: null',
        'Expect: 100-continue',
        'Authorization: Bearer a.b.c',
        'Authorization: Basic eA==',
      ),
      body: anything,
    })
    .map(({ method, path, filling, query, type, extra, body }) => {
      const target = `${path.replaceAll(/:\w+/g, filling)}${query && `?${query}`}`.replaceAll(' ', '%20');
      const bytes = Buffer.from(body);
      const head = [
        `${method} ${target} HTTP/1.1`,
        'Host: x',
        extra,
        ...(type === '' ? [] : [`Content-Type: ${type}`]),
        `Content-Length: ${bytes.byteLength}`,
        'Connection: close',
      ];
      return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), bytes]);
    });

const isAnswer = (status: number | 'closed'): boolean =>
  status === 'closed' || status < 500 || status === 501 || status === 503;

test(
  'no request to the relay is a bug, nor goes unanswered',
  async () => {
    const plenty = { rate: 1_000_000, burst: 1_000_000 };
    const relay = await startRelay({ limits: { rest_per_address: plenty, hello_timeout_ms: 500 } });
    const bearer = `Authorization: Bearer ${await tokenFor('alice')}`;
    await fc.assert(
      fc.asyncProperty(requests(relayRoutes, [bearer, bearer]), async (request) => {
        const status = await raw(relay.port, request);
        expect(status, String(request)).toSatisfy(isAnswer);
      }),
      times(150),
    );
    expect(relay.told.filter((one) => one.type === 'note' && one.code === 'internal')).toEqual([]);
  },
  testMs,
);

test(
  'no request to a backend is a bug, nor goes unanswered',
  async () => {
    const [alice] = await friendsOf(await startRelayForBackends(), 'alice', 'bob');
    await alice.create('berlin');
    const bearer = `Authorization: Bearer ${await alice.ownerToken()}`;
    await fc.assert(
      fc.asyncProperty(requests(backendRoutes, [bearer, bearer, bearer]), async (request) => {
        expect(await raw(alice.backend.port, request), String(request)).toSatisfy(isAnswer);
      }),
      times(150),
    );
    expect(alice.told.all.filter((one) => one.type === 'note' && one.code === 'internal')).toEqual([]);
  },
  testMs,
);

test(
  'no bytes at all are a bug of either server',
  async () => {
    const relay = await startRelay({ limits: { hello_timeout_ms: 200 } });
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 400 }), async (bytes) => {
        expect(await raw(relay.port, Buffer.concat([bytes, Buffer.from('\r\n\r\n')]))).toSatisfy(isAnswer);
      }),
      times(60),
    );
  },
  testMs,
);

const word = fc.oneof(fc.constantFrom('alice', 'bob', 'e1', 'berlin', 'delivered', 'true', ''), fc.string());
const value = fc.oneof(word, fc.jsonValue(), fc.array(word), fc.integer(), fc.constant(null));

/** Nearly what a frame should be: its keys, with anything for values. */
const nearly = (...keys: readonly string[]) =>
  fc.oneof(
    { weight: 4, arbitrary: fc.dictionary(fc.constantFrom(...keys), value, { maxKeys: keys.length }) },
    { weight: 1, arbitrary: fc.jsonValue() },
  );
const hello = nearly(
  'token',
  'user_id',
  'backend_url',
  'display_name',
  'friends',
  'leaving',
  'peer_key',
  'acks',
  'instance',
  'attempt',
);
const event = nearly(
  'id',
  'type',
  'from_user',
  'to_users',
  'to',
  'from',
  'data',
  'sent_at',
  'epoch',
  'seq',
  'base',
  'position_id',
  'comment',
  'updates',
);
const ack = nearly('from', 'epoch', 'upto', 'ids', 'results');

test(
  'any handshake is answered or closed, on both faces',
  async () => {
    const relay = await startRelay({ limits: { hello_timeout_ms: 300, hello_wait_ms: 50 } });
    const ends = async (url: string, said: string): Promise<void> => {
      const socket = new WebSocket(url);
      onTestFinished(() => socket.terminate());
      const answered = Promise.withResolvers<void>();
      socket.on('error', () => answered.resolve());
      socket.on('close', () => answered.resolve());
      // 0 is Engine.IO's own greeting, which says nothing about ours.
      socket.on('message', (data) => !String(data).startsWith('0{') && answered.resolve());
      await Promise.race([once(socket, 'open'), answered.promise]);
      if (socket.readyState === WebSocket.OPEN) socket.send(said);
      await answered.promise;
      socket.terminate();
    };
    const base = relay.url.replace('http', 'ws');
    await fc.assert(
      fc.asyncProperty(hello, fc.boolean(), async (auth, plain) => {
        const url = plain ? `${base}/ws/alice` : `${base}/socket.io/?EIO=4&transport=websocket`;
        const greeting = typeof auth === 'object' && auth !== null ? { ...auth, type: 'hello' } : auth;
        await ends(url, plain ? JSON.stringify(greeting) : `40${JSON.stringify(auth)}`);
      }),
      times(80),
    );
    expect(relay.told.filter((one) => one.type === 'note' && one.code === 'internal')).toEqual([]);
  },
  testMs,
);

test(
  'any event is answered, and what else is sent harms nobody',
  async () => {
    const plenty = { rate: 1_000_000, burst: 1_000_000 };
    const limits = { per_connection: plenty, per_connection_control: plenty };
    const relay = await startRelay({ limits });
    const { alice, bob } = await friends(relay);
    await fc.assert(
      fc.asyncProperty(event, ack, value, async (some, acknowledged, other) => {
        alice.socket.emit('collab_ack', acknowledged);
        alice.socket.emit('collab_friends', other);
        const name = typeof other === 'string' ? other : 'hello';
        // A name that clients may not use is refused by their own library.
        if (!/^(dis)?connect|^newListener$|^removeListener$|^connect_error$/.test(name))
          alice.socket.emit(name, some);
        expect(await alice.socket.emitWithAck('auth_refresh', other)).toMatchObject({ ok: false });
        const reply = await alice.submit(some);
        expect(['accepted', 'rejected']).toContain(reply.status);
      }),
      times(150),
    );
    expect(relay.told.filter((one) => one.type === 'note' && one.code === 'internal')).toEqual([]);
    alice.socket.emit('collab_friends', { friends: ['bob'] });
    await alice.submit(anEvent({ id: 'after-all' }));
    await bob.next('collab_event', ({ id }) => id === 'after-all');
  },
  testMs,
);

test(
  'any text on the plain face harms nobody',
  async () => {
    const relay = await startRelay();
    const bob = await join(relay, 'bob', { friends: ['alice'] });
    const token = await tokenFor('alice');
    const text = fc.oneof(
      anything,
      fc
        .tuple(fc.constantFrom('ack', 'friends', 'auth_refresh', 'comment_added'), event)
        .map(([type, some]) => JSON.stringify(typeof some === 'object' ? { ...some, type } : some)),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(text, { maxLength: 5 }), async (texts) => {
        const socket = new WebSocket(`${relay.url.replace('http', 'ws')}/ws/alice?token=${token}`);
        await once(socket, 'open');
        const closed = once(socket, 'close');
        socket.send(JSON.stringify({ type: 'hello', friends: ['bob'] }));
        for (const one of texts) socket.send(one);
        const id = `last-${Math.random()}`.replace('.', '');
        socket.send(JSON.stringify(anEvent({ id })));
        await Promise.race([closed, once(socket, 'message')]);
        socket.close();
        await closed;
      }),
      times(60),
    );
    expect(relay.told.filter((one) => one.type === 'note' && one.code === 'internal')).toEqual([]);
    expect(bob.named('disconnect')).toEqual([]);
  },
  testMs,
);

test(
  'whatever the relay lets through, a backend answers it and lives',
  async () => {
    const relay = await startRelayForBackends();
    const alice = await startUser('alice', { relay, friends: ['mallory'] });
    await alice.create('berlin');
    const token = await tokenFor('mallory');
    const mallory = await join(relay, 'mallory', { friends: ['alice'], acks: true, token });
    const types = ['position_shared', 'comment_added', 'position_updated', 'share_revoked'];
    const data = fc.record({
      position_id: fc.constantFrom('berlin', 'other', '..', '~'),
      share_url: fc.constantFrom('http://127.0.0.1:1/x', 'http://[::]/', 'https://a@b/', 'http://0x7f.1/'),
      comment: fc.record({
        id: fc.constantFrom('c1', 'c2'),
        text: fc.string({ minLength: 1, maxLength: 50, unit: 'binary' }),
        user: fc.record({
          id: fc.constantFrom('alice', 'mallory', 'bob'),
          display_name: fc.string({ maxLength: 20 }),
        }),
        created_at: fc.constant('2026-01-01T00:00:00.000Z'),
      }),
      updates: fc.dictionary(
        fc.oneof(fc.constantFrom('notes', 'version', 'owner_id', 'legs'), fc.string()),
        fc.jsonValue(),
      ),
      version: fc.constantFrom(2, 3, 9_007_199_254_740_991),
    });
    let n = 0;
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...types), data, fc.boolean(), async (type, some, numbered) => {
        n += 1;
        const id = `f${n}`;
        const stream = numbered ? { epoch: 'e', seq: { alice: n }, base: { alice: n } } : {};
        const reply = await mallory.submit({ id, type, to_users: ['alice'], data: some, ...stream });
        if (reply.status !== 'accepted') return;
        await mallory.receipt(id, 'alice', 'delivered', 'refused', 'quarantined', 'nacked');
      }),
      times(100),
    );
    expect((await alice.ask('GET', '/readyz')).status).toBe(200);
    expect(alice.told.all.filter((one) => one.type === 'note' && one.code === 'internal')).toEqual([]);
    expect((await alice.positions()).find(({ id }) => id === 'berlin')).toMatchObject({
      version: 1,
      notes: '',
    });
  },
  testMs,
);
