import { createServer, type RequestListener } from 'node:http';
import { afterEach, expect, test } from 'vitest';
import { addressGuard } from '../../src/backend/address-guard.ts';
import { type FetchRules, fetchJson } from '../../src/backend/fetch-json.ts';
import { listen } from '../../src/http/listen.ts';

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

async function serve(
  listener: RequestListener,
): Promise<{ url: string; port: number; requests: () => number }> {
  let requests = 0;
  const server = createServer((request, response) => {
    requests += 1;
    listener(request, response);
  });
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = await listen(server, { host: '127.0.0.1', port: 0, what: "alice's backend" });
  return { url: `http://127.0.0.1:${port}/p`, port, requests: () => requests };
}

const rules = (changes: Partial<FetchRules> = {}): FetchRules => ({
  admit: addressGuard({ allowPrivate: true }),
  timeoutMs: 2000,
  maxBytes: 1000,
  signal: new AbortController().signal,
  ...changes,
});
const json = { 'content-type': 'application/json' };

test('an answer in JSON is read, and the token goes along', async () => {
  const { url } = await serve((request, response) =>
    response.writeHead(200, json).end(JSON.stringify({ said: request.headers.authorization })),
  );
  expect(await fetchJson(url, { authorization: 'Bearer x' }, rules())).toEqual({
    kind: 'answered',
    status: 200,
    answer: { said: 'Bearer x' },
  });
});

test('a redirect is not followed', async () => {
  const elsewhere = await serve((_, response) => response.writeHead(200, json).end('{}'));
  const { url } = await serve((_, response) => response.writeHead(302, { location: elsewhere.url }).end());
  expect(await fetchJson(url, {}, rules())).toEqual({ kind: 'broken', code: 'redirected', status: 302 });
  expect(elsewhere.requests()).toBe(0);
});

test('a body that never ends is left', async () => {
  const { url } = await serve((_, response) => {
    response.writeHead(200, json);
    const more = () => {
      while (!response.destroyed && response.write('x'.repeat(500)));
    };
    response.on('drain', more);
    more();
  });
  expect(await fetchJson(url, {}, rules())).toEqual({ kind: 'broken', code: 'too_big', status: 200 });
});

test.each([
  ['another type', { 'content-type': 'text/html' }, '{}'],
  ['no type', {}, '{}'],
  ['broken JSON', json, '{'],
  ['broken UTF-8', json, Buffer.from([0x22, 0xff, 0x22])],
])('%s is not JSON', async (_, headers, body) => {
  const { url } = await serve((_request, response) => response.writeHead(200, headers).end(body));
  expect(await fetchJson(url, {}, rules())).toEqual({ kind: 'broken', code: 'not_json', status: 200 });
});

test('a private address is not even dialled', async () => {
  const { url, port, requests } = await serve((_, response) => response.writeHead(200, json).end('{}'));
  const strict = rules({ admit: addressGuard({ allowPrivate: false }) });
  expect(await fetchJson(url, {}, strict)).toEqual({ kind: 'broken', code: 'bad_address' });
  const rebound = { ...strict, resolve: async () => [{ address: '127.0.0.1', family: 4 } as const] };
  expect(await fetchJson(`http://alice.example:${port}/p`, {}, rebound)).toEqual({
    kind: 'broken',
    code: 'bad_address',
  });
  expect(requests()).toBe(0);
});

test('the address that was checked is the one that is dialled', async () => {
  const { port } = await serve((request, response) =>
    response.writeHead(200, json).end(JSON.stringify(request.headers.host)),
  );
  let asked = 0;
  const resolve = async () => {
    asked += 1;
    return [{ address: '127.0.0.1', family: 4 } as const];
  };
  expect(await fetchJson(`http://alice.example:${port}/p`, {}, rules({ resolve }))).toEqual({
    kind: 'answered',
    status: 200,
    answer: `alice.example:${port}`,
  });
  expect(asked).toBe(1);
});

test('a name that answers twice differently is asked once, and dialled where it was checked', async () => {
  const { port, requests } = await serve((_, response) => response.writeHead(200, json).end('{}'));
  const answers = [
    [{ address: '127.0.0.2', family: 4 } as const],
    [{ address: '127.0.0.1', family: 4 } as const],
  ];
  const strict = rules({
    admit: ({ address }) => address === '127.0.0.2',
    timeoutMs: 300,
    resolve: async () => answers.shift() ?? [],
  });
  const outcome = await fetchJson(`http://alice.example:${port}/p`, {}, strict);
  expect(outcome.kind).toBe('unreachable');
  expect(requests()).toBe(0);
  expect(answers).toHaveLength(1);
});

test('silence, a refused connection and a broken answer are trouble', async () => {
  const silent = await serve(() => {});
  expect(await fetchJson(silent.url, {}, rules({ timeoutMs: 50 }))).toEqual({
    kind: 'unreachable',
    code: 'timeout',
  });
  const slow = await serve((_, response) => response.writeHead(200, json).write('{'));
  expect(await fetchJson(slow.url, {}, rules({ timeoutMs: 50 }))).toEqual({
    kind: 'unreachable',
    code: 'timeout',
  });
  const broken = await serve((_, response) => {
    response.writeHead(200, { ...json, 'content-length': '100' }).write('{', () => response.destroy());
  });
  expect(await fetchJson(broken.url, {}, rules())).toMatchObject({ kind: 'unreachable', code: 'ECONNRESET' });
  const never = () => new Promise<never>(() => {});
  expect(await fetchJson('http://alice.example/', {}, rules({ timeoutMs: 50, resolve: never }))).toEqual({
    kind: 'unreachable',
    code: 'timeout',
  });
});

test('other statuses are passed on', async () => {
  const { url } = await serve((_, response) => response.writeHead(404, json).end('{}'));
  expect(await fetchJson(url, {}, rules())).toEqual({ kind: 'status', status: 404 });
});
