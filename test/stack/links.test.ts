import { once } from 'node:events';
import { createServer as createHttpServer, get } from 'node:http';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Served } from '../../src/host/serve-child.ts';
import { openLinks } from '../../src/stack/links/open-links.ts';

const host = '127.0.0.1';
let links: Served;
let closers: (() => unknown)[];

beforeEach(async () => {
  closers = [];
  links = await openLinks({
    hops: [
      { id: 'alice>relay', listener: 'relay', dialler: 'alice', host, port: 0 },
      { id: 'bob>relay', listener: 'relay', dialler: 'bob', host, port: 0 },
      { id: '>alice', listener: 'alice', host, port: 0 },
    ],
  });
});

afterEach(async () => {
  await links[Symbol.asyncDispose]();
  for (const close of closers) await close();
});

const portOf = (address: string | AddressInfo | null): number =>
  typeof address === 'object' && address ? address.port : 0;

/** A TCP listener behind a hop. */
async function behind(hop: string, onConnection: (socket: Socket) => void): Promise<void> {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => {});
    onConnection(socket);
  });
  closers.push(() => server.close());
  server.listen(0, host);
  await once(server, 'listening');
  links.upstream?.({ hop, host, port: portOf(server.address()) });
}

function dialling(hop: string): Socket {
  const socket = connect({ host, port: links.ports?.[hop] ?? 0, allowHalfOpen: true });
  socket.on('error', () => {});
  closers.push(() => socket.destroy());
  return socket;
}

async function dial(hop: string): Promise<Socket> {
  const socket = dialling(hop);
  await once(socket, 'connect');
  return socket;
}

/** The code of the error that ends a socket; undefined where it ends without one. */
const endOf = (socket: Socket): Promise<string | undefined> =>
  new Promise((resolve) => {
    let code: string | undefined;
    socket.on('error', (error: NodeJS.ErrnoException) => {
      code = error.code;
    });
    socket.on('close', () => resolve(code));
    socket.resume();
  });

const echo = (socket: Socket) => socket.pipe(socket);

async function echoed(socket: Socket, text: string): Promise<string> {
  socket.write(text);
  const [answer] = await once(socket, 'data');
  return String(answer);
}

test('a hop whose listener is down resets its caller, and works once the listener is told', async () => {
  expect(await endOf(dialling('alice>relay'))).toBe('ECONNRESET');
  await behind('alice>relay', echo);
  expect(await echoed(await dial('alice>relay'), 'hello')).toBe('hello');
});

test('megabytes pass a hop unchanged in both directions, each of which ends on its own', async () => {
  const sent = Buffer.alloc(5_000_000, 'alice and bob ');
  const got = Promise.withResolvers<Buffer>();
  await behind('alice>relay', async (socket) => {
    got.resolve(await buffer(socket));
    socket.end(sent);
  });
  const socket = await dial('alice>relay');
  socket.end(sent);
  expect((await got.promise).equals(sent)).toBe(true);
  expect((await buffer(socket)).equals(sent)).toBe(true);
});

test('a reset at one end of a hop is a reset at the other', async () => {
  const accepted = Promise.withResolvers<Socket>();
  await behind('alice>relay', accepted.resolve);
  const first = await dial('alice>relay');
  const end = endOf(first);
  (await accepted.promise).resetAndDestroy();
  expect(await end).toBe('ECONNRESET');
});

test.each([
  ['alice', 'relay'],
  ['relay', 'alice'],
])('a cut %s → %s resets that link and keeps it shut until it is healed', async (from, to) => {
  await behind('alice>relay', echo);
  await behind('bob>relay', echo);
  const alice = await dial('alice>relay');
  const bob = await dial('bob>relay');
  await echoed(alice, 'hello');
  await echoed(bob, 'hello');

  const end = endOf(alice);
  links.impose?.({ verb: 'cut', id: 'cut-1', from, to, both: false });
  expect(await end).toBe('ECONNRESET');
  expect(await endOf(dialling('alice>relay'))).toBe('ECONNRESET');
  expect(await echoed(bob, 'still here')).toBe('still here');

  expect(links.heal?.('cut-1')).toBe(2);
  expect(await echoed(await dial('alice>relay'), 'back')).toBe('back');
  expect(() => links.heal?.('cut-1')).toThrow('No fault "cut-1" is in force.');
});

/** A token as a backend would send it; nobody verifies it on the way. */
const tokenOf = (sub: string) => `e30.${Buffer.from(JSON.stringify({ sub })).toString('base64url')}.c2ln`;

async function asks(who: string | undefined): Promise<string> {
  const headers = who === undefined ? {} : { authorization: `Bearer ${tokenOf(who)}` };
  const request = get({ host, port: links.ports?.['>alice'], path: '/x', agent: false, headers });
  const failed = once(request, 'error').then(([error]) => String(error.code));
  failed.catch(() => {});
  const answered = once(request, 'response').then(async ([response]) => String(await buffer(response)));
  answered.catch(() => {});
  return Promise.race([answered, failed]);
}

test('in front of a backend a cut lies on who asks, by the subject of the token', async () => {
  const server = createHttpServer((_request, response) => response.end('alice'));
  closers.push(() => server.close());
  server.listen(0, host);
  await once(server, 'listening');
  links.upstream?.({ hop: '>alice', host, port: portOf(server.address()) });

  links.impose?.({ verb: 'cut', id: 'cut-1', from: 'bob', to: 'alice', both: false });
  expect(await asks('bob')).toBe('ECONNRESET');
  expect(await asks('carol')).toBe('alice');
  expect(await asks(undefined)).toBe('alice');
  expect(links.heal?.('cut-1')).toBe(1);
  expect(await asks('bob')).toBe('alice');

  links.impose?.({ verb: 'cut', id: 'cut-2', from: 'alice', to: 'bob', both: false });
  expect(await asks('bob')).toBe('alice');
  links.impose?.({ verb: 'cut', id: 'cut-3', from: 'alice', to: 'bob', both: true });
  expect(await asks('bob')).toBe('ECONNRESET');
  expect(links.heal?.('cut-2')).toBe(0);
});

test('a request head that comes in pieces, and one that never comes, both get through', async () => {
  await behind('>alice', (socket) => socket.on('data', (data) => socket.write(`<${data}>`)));
  const slow = await dial('>alice');
  slow.write('GET / HTTP/1.1\r\nHo');
  slow.write('st: x\r\n\r\n');
  const [answer] = await once(slow, 'data');
  expect(String(answer)).toContain('Host: x');
  const foreign = await dial('>alice');
  expect(await echoed(foreign, '\u0000\u0001binary')).toBe('<\u0000\u0001binary>');
});

test('a port that is held is a problem that names it, and what was opened is closed', async () => {
  const taken = links.ports?.['>alice'] ?? 0;
  await expect(
    openLinks({
      hops: [
        { id: '>bob', listener: 'bob', host, port: 0 },
        { id: '>carol', listener: 'carol', host, port: taken },
      ],
    }),
  ).rejects.toMatchObject({ code: 'port-taken', message: expect.stringContaining(`port ${taken}`) });
});

test('who hangs up before having said who it is leaves nothing open behind the hop', async () => {
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  await behind('>alice', (socket) => {
    socket.on('end', resolve);
    socket.resume();
  });
  dialling('>alice').end();
  await ended;
});
