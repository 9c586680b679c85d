import { once } from 'node:events';
import { createServer as createHttpServer, request } from 'node:http';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { WebSocket as Client, type WebSocket, WebSocketServer } from 'ws';
import type { Served } from '../../src/host/serve-child.ts';
import type { LinkFault } from '../../src/protocol/links-config.ts';
import type { Happening } from '../../src/protocol/records.ts';
import { openLinks } from '../../src/stack/links/open-links.ts';
import { textFrame } from './frames.ts';

const host = '127.0.0.1';
let links: Served;
let told: Happening[];
let closers: (() => unknown)[];

beforeEach(async () => {
  closers = [];
  told = [];
  links = await openLinks(
    {
      hops: [
        { id: 'alice>relay', listener: 'relay', dialler: 'alice', host, port: 0 },
        { id: '>alice', listener: 'alice', host, port: 0 },
      ],
    },
    { tell: (happening) => void told.push(happening) },
  );
});

afterEach(async () => {
  for (const close of closers) await close();
  await links[Symbol.asyncDispose]();
});

const portOf = (address: string | AddressInfo | null): number =>
  typeof address === 'object' && address ? address.port : 0;

/** A relay of a few lines behind alice's hop, and alice's end of a connection to it. */
async function connected(): Promise<{ alice: Client; relay: WebSocket; heard: string[]; got: string[] }> {
  const server = new WebSocketServer({ host, port: 0 });
  closers.push(() => server.close());
  await once(server, 'listening');
  links.upstream?.({ hop: 'alice>relay', host, port: portOf(server.address()) });
  return dialled(server);
}

async function dialled(server: WebSocketServer) {
  const heard: string[] = [];
  const got: string[] = [];
  const alice = new Client(`ws://${host}:${links.ports?.['alice>relay']}/`, { perMessageDeflate: false });
  closers.push(() => alice.terminate());
  alice.on('error', () => {});
  alice.on('message', (data) => got.push(String(data)));
  const [relay]: WebSocket[] = await once(server, 'connection');
  if (!relay) throw new Error('nobody came');
  relay.on('message', (data) => heard.push(String(data)));
  await once(alice, 'open');
  return { alice, relay, heard, got };
}

const event = (id: string, type = 'comment_added') =>
  `42["collab_event",${JSON.stringify({ id, type, data: {} })}]`;
const ids = (frames: readonly string[]) => frames.flatMap((text) => /"id":"([^"]+)"/.exec(text)?.[1] ?? []);
const impose = (fault: LinkFault) => links.impose?.(fault);
const fromRelay = { from: 'relay', to: 'alice', both: false } as const;
const did = () =>
  told.flatMap((one) => (one.type === 'link_fault' ? [`${one.did} ${one.event ?? one.what}`] : []));

/** The last of some frames has come through, and so has all that is not held. */
async function until(list: readonly string[], last: string): Promise<void> {
  await expect.poll(() => ids(list), { timeout: 10_000, interval: 5 }).toContain(last);
}

describe('frames of a relay', () => {
  test('that are dropped by type and number are missing, and everything else is as it was', async () => {
    const { relay, got } = await connected();
    relay.send('42["ready",{"conn_id":"c-1"}]');
    impose({ verb: 'drop', id: 'd', ...fromRelay, type: 'comment_added', nth: 2, seed: 0 });
    for (const id of ['e1', 'e2', 'e3']) relay.send(event(id));
    relay.send(event('e4', 'position_shared'));
    await until(got, 'e4');
    expect(ids(got)).toEqual(['e1', 'e3', 'e4']);
    expect((await links.census?.())?.losses).toEqual([{ connection: 'c-1', from_relay: 1, to_relay: 0 }]);
    expect(links.heal?.('d')).toBe(1);
    expect(did()).toEqual(['dropped e2']);
    expect(told).toEqual([
      {
        type: 'link_fault',
        fault: 'd',
        verb: 'drop',
        from: 'relay',
        to: 'alice',
        did: 'dropped',
        what: 'frame',
        name: 'collab_event',
        event: 'e2',
        kind: 'comment_added',
      },
    ]);
  });

  test('that are chosen by chance are the same ones for the same seed', async () => {
    const { relay, got } = await connected();
    const rounds: string[][] = [];
    for (const [round, seed] of [7, 7, 8].entries()) {
      impose({ verb: 'drop', id: `d${round}`, ...fromRelay, chance: 0.5, seed });
      const before = got.length;
      for (let n = 0; n < 32; n += 1) relay.send(event(`r${round}-${n}`));
      relay.send(`2`);
      await expect.poll(() => got.at(-1), { timeout: 10_000, interval: 5 }).toBe('2');
      links.heal?.(`d${round}`);
      rounds.push(ids(got.slice(before)).map((id) => id.replace(/^r\d-/, '')));
      relay.send('3');
      await expect.poll(() => got.at(-1), { timeout: 10_000, interval: 5 }).toBe('3');
    }
    expect(rounds[0]).toEqual(rounds[1]);
    expect(rounds[0]).not.toEqual(rounds[2]);
    expect(rounds[0]?.length).toBeGreaterThan(0);
    expect(rounds[0]?.length).toBeLessThan(32);
  });

  test('that are duplicated come twice, and the sums know it', async () => {
    const { alice, heard, relay, got } = await connected();
    relay.send('42["ready",{"conn_id":"c-1"}]');
    await expect.poll(() => got.length).toBe(1);
    impose({ verb: 'duplicate', id: 'd', from: 'alice', to: 'relay', both: false, by_ms: 0, seed: 0 });
    for (const text of ['2', event('e1'), event('e2'), '42["bye"]']) alice.send(text);
    await expect.poll(() => heard.length, { timeout: 10_000 }).toBe(7);
    expect(heard).toEqual([
      '2',
      event('e1'),
      event('e1'),
      event('e2'),
      event('e2'),
      '42["bye"]',
      '42["bye"]',
    ]);
    expect((await links.census?.())?.losses).toEqual([{ connection: 'c-1', from_relay: 0, to_relay: -3 }]);
  });

  test('of which one is delayed are passed by the others, and it comes at once when it is healed', async () => {
    const { relay, got } = await connected();
    impose({ verb: 'delay', id: 'd', ...fromRelay, nth: 1, by_ms: 60_000, jitter_ms: 0, seed: 0 });
    for (const id of ['e1', 'e2', 'e3']) relay.send(event(id));
    await until(got, 'e3');
    expect((await links.census?.())?.runnable).toEqual({ bytes_in_hops: 1 });
    links.heal?.('d');
    await until(got, 'e1');
    expect(ids(got)).toEqual(['e2', 'e3', 'e1']);
    expect((await links.census?.())?.runnable).toEqual({ bytes_in_hops: 0 });
  });

  test('that are all delayed, each differently, keep their order', async () => {
    const { relay, got } = await connected();
    impose({ verb: 'delay', id: 'd', ...fromRelay, by_ms: 1, jitter_ms: 30, seed: 3 });
    const sent = Array.from({ length: 20 }, (_, n) => `e${n}`);
    for (const id of sent) relay.send(event(id));
    await until(got, 'e19');
    expect(ids(got)).toEqual(sent);
  });

  test('pass a throttle slowly, whole and in order, and in order too when it is lifted', async () => {
    const { relay, got } = await connected();
    impose({ verb: 'throttle', id: 't', ...fromRelay, bytes_per_second: 2000 });
    const sent = Array.from({ length: 40 }, (_, n) => `e${n}`);
    for (const id of sent) relay.send(event(id));
    await until(got, 'e2');
    expect(got.length).toBeLessThan(40);
    expect(links.heal?.('t')).toBeGreaterThan(0);
    await until(got, 'e39');
    expect(ids(got)).toEqual(sent);
  });

  test('vanish on a half-open link while it stays open, which is reset when it is healed', async () => {
    const { alice, relay, heard, got } = await connected();
    impose({ verb: 'drop', id: 'd', ...fromRelay, seed: 0 });
    relay.send(event('e1'));
    alice.send(event('e2'));
    await until(heard, 'e2');
    expect(got).toEqual([]);
    expect(alice.readyState).toBe(Client.OPEN);
    const closed = once(alice, 'close');
    expect(links.heal?.('d')).toBe(1);
    await closed;
    expect(did()).toEqual(['dropped e1']);
  });

  test('reset their connection where they are chosen; a reset without a choice is for those that are there', async () => {
    const { alice, relay } = await connected();
    impose({ verb: 'reset', id: 'r', ...fromRelay, type: 'wake', seed: 0 });
    const closed = once(alice, 'close');
    relay.send('42["wake",{"user_id":"bob"}]');
    await closed;
    expect(links.heal?.('r')).toBe(1);

    const again = await connected();
    const closedToo = once(again.alice, 'close');
    impose({ verb: 'reset', id: 'r2', ...fromRelay, seed: 0 });
    await closedToo;
    const third = await connected();
    third.relay.send(event('e1'));
    await until(third.got, 'e1');
    expect(links.heal?.('r2')).toBe(1);
  });

  test('that are all delayed come at once when the delay is healed', async () => {
    const { relay, got } = await connected();
    impose({ verb: 'delay', id: 'd', ...fromRelay, by_ms: 60_000, jitter_ms: 0, seed: 0 });
    for (const id of ['e1', 'e2', 'e3']) relay.send(event(id));
    await expect.poll(did, { timeout: 10_000 }).toEqual(['delayed e1', 'delayed e2', 'delayed e3']);
    expect(got).toEqual([]);
    links.heal?.('d');
    await until(got, 'e3');
    expect(ids(got)).toEqual(['e1', 'e2', 'e3']);
  });
});

test('a frame of which a part has gone already when a fault comes is left whole', async () => {
  let heard = Buffer.alloc(0);
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.on('data', (bytes) => {
      heard = Buffer.concat([heard, bytes]);
    });
  });
  closers.push(() => server.close());
  server.listen(0, host);
  await once(server, 'listening');
  links.upstream?.({ hop: 'alice>relay', host, port: portOf(server.address()) });
  const socket: Socket = connect({ host, port: links.ports?.['alice>relay'] ?? 0 });
  closers.push(() => socket.destroy());
  const head = Buffer.from('GET / HTTP/1.1\r\nUpgrade: websocket\r\n\r\n');
  const wake = textFrame('42["wake",{}]', true);
  const before = Buffer.concat([head, wake.subarray(0, 9)]);
  socket.write(before);
  await expect.poll(() => heard.length, { timeout: 10_000 }).toBe(before.length);
  impose({ verb: 'drop', id: 'd', from: 'alice', to: 'relay', both: false, type: 'wake', seed: 0 });
  const last = textFrame('42["bye"]', true);
  socket.write(Buffer.concat([wake.subarray(9), wake, last]));
  const expected = Buffer.concat([head, wake, last]);
  await expect.poll(() => heard.length, { timeout: 10_000 }).toBe(expected.length);
  expect(heard.equals(expected)).toBe(true);
  expect(links.heal?.('d')).toBe(1);
});

test('a stream that nobody can read passes untouched by faults on messages', async () => {
  const server = createServer((socket) => void socket.pipe(socket));
  closers.push(() => server.close());
  server.listen(0, host);
  await once(server, 'listening');
  links.upstream?.({ hop: 'alice>relay', host, port: portOf(server.address()) });
  impose({ verb: 'drop', id: 'd', from: 'alice', to: 'relay', both: true, type: 'collab_event', seed: 0 });
  impose({ verb: 'duplicate', id: 'e', from: 'alice', to: 'relay', both: true, by_ms: 0, seed: 0 });
  const socket: Socket = connect({ host, port: links.ports?.['alice>relay'] ?? 0 });
  socket.on('error', () => {});
  const bytes = Buffer.alloc(3_000_000, '\u0000not a frame');
  socket.end(bytes);
  expect((await buffer(socket)).equals(bytes)).toBe(true);
  expect([links.heal?.('d'), links.heal?.('e')]).toEqual([0, 0]);
});

describe('a request between backends', () => {
  const token = (sub: string) => `e30.${Buffer.from(JSON.stringify({ sub })).toString('base64url')}.c2ln`;
  const asked: string[] = [];

  beforeEach(async () => {
    asked.length = 0;
    const server = createHttpServer((incoming, response) => {
      asked.push(`${incoming.method} ${incoming.url}`);
      response.end('an answer');
    });
    closers.push(
      () => server.closeAllConnections(),
      () => server.close(),
    );
    server.listen(0, host);
    await once(server, 'listening');
    links.upstream?.({ hop: '>alice', host, port: portOf(server.address()) });
  });

  async function ask(who: string, path: string, signal?: AbortSignal): Promise<string> {
    const outgoing = request({
      host,
      port: links.ports?.['>alice'],
      path,
      agent: false,
      headers: { authorization: `Bearer ${token(who)}` },
      ...(signal && { signal }),
    }).end();
    const [response] = await once(outgoing, 'response');
    return String(await buffer(response));
  }

  test('is chosen by what it asks for and who asks; a reset ends it', async () => {
    impose({ verb: 'reset', id: 'r', from: 'bob', to: 'alice', both: false, type: 'fetch', seed: 0 });
    await expect(ask('bob', '/api/v1/positions/ideas/p1')).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(await ask('bob', '/api/collab/shares')).toBe('an answer');
    expect(await ask('carol', '/api/v1/positions/ideas/p1')).toBe('an answer');
    expect(links.heal?.('r')).toBe(1);
    expect(asked).toEqual(['GET /api/collab/shares', 'GET /api/v1/positions/ideas/p1']);
    expect(told).toMatchObject([{ did: 'reset', what: 'request', name: 'GET /api/v1/positions/ideas/p1' }]);
  });

  test('is asked twice where it is duplicated, and answered once', async () => {
    impose({ verb: 'duplicate', id: 'd', from: 'bob', to: 'alice', both: false, by_ms: 0, seed: 0 });
    expect(await ask('bob', '/api/collab/shares')).toBe('an answer');
    await expect.poll(() => asked.length, { timeout: 10_000 }).toBe(2);
  });

  test('that is dropped is never answered, and one that is delayed is', async () => {
    impose({ verb: 'drop', id: 'd', from: 'bob', to: 'alice', both: false, nth: 1, seed: 0 });
    const giveUp = new AbortController();
    const never = ask('bob', '/api/collab/shares', giveUp.signal);
    never.catch(() => {});
    await expect.poll(() => did(), { timeout: 10_000 }).toEqual(['dropped request']);
    giveUp.abort();
    await expect(never).rejects.toMatchObject({ code: 'ABORT_ERR' });
    links.heal?.('d');
    impose({
      verb: 'delay',
      id: 'e',
      from: 'bob',
      to: 'alice',
      both: false,
      by_ms: 20,
      jitter_ms: 5,
      seed: 0,
    });
    expect(await ask('bob', '/api/collab/shares')).toBe('an answer');
    expect(asked).toEqual(['GET /api/collab/shares']);
  });
});
