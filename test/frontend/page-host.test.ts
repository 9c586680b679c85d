import { mkdir, mkdtempDisposable, writeFile } from 'node:fs/promises';
import { get, type IncomingMessage, request as open } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { openPageHost } from '../../src/frontend/host/open-page-host.ts';
import { type UserId, userId } from '../../src/protocol/ids.ts';

const alice: UserId = userId.parse('alice');
const session = {
  user_id: 'alice',
  display_name: 'Alice',
  backend_url: 'http://127.0.0.1:8000',
  token: 'a.b.c',
};

/** A host with alice's page, made of one document and one script. */
async function aHost({ ready = true } = {}) {
  const temporary = await mkdtempDisposable(join(tmpdir(), 'collab-dev-page-'));
  const page = join(temporary.path, 'page');
  await mkdir(join(page, 'assets'), { recursive: true });
  await writeFile(join(page, 'index.html'), '<!doctype html><p>the page</p>');
  await writeFile(join(page, 'assets/index-1a2b.js'), 'start()');
  await writeFile(join(temporary.path, 'secret.js'), 'not for anybody');
  const file = join(temporary.path, 'alice.page.json');
  const say = (content: unknown) => writeFile(file, JSON.stringify(content));
  if (ready) await say(session);
  const host = await openPageHost(
    { host: '127.0.0.1', pages: [{ user_id: alice, port: 0, session_file: file }] },
    page,
  );
  const port = host.ports.alice ?? 0;
  return {
    say,
    ask: (path: string, headers: Readonly<Record<string, string>> = {}, method = 'GET') =>
      heard(port, path, headers, method),
    async [Symbol.asyncDispose]() {
      await host[Symbol.asyncDispose]();
      await temporary.remove();
    },
  };
}

/** By hand: `fetch` resolves ".." and sets Host by itself. */
async function heard(port: number, path: string, headers: Readonly<Record<string, string>>, method: string) {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const asked = { host: '127.0.0.1', port, path, headers, method, agent: false } as const;
    (method === 'GET' ? get(asked, resolve) : open(asked, resolve).end()).on('error', reject);
  });
  return { status: response.statusCode, headers: response.headers, body: await text(response) };
}

const samePage = { 'sec-fetch-site': 'same-origin' };

test('the document may call its own host and the backend of its user, and run nothing but its own scripts', async () => {
  await using host = await aHost();
  const { status, headers, body } = await host.ask('/');
  expect({ status, body }).toEqual({ status: 200, body: '<!doctype html><p>the page</p>' });
  expect(headers['content-security-policy']).toBe(
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; " +
      "connect-src 'self' http://127.0.0.1:8000 ws://127.0.0.1:8000; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  );
  expect(headers).toMatchObject({ 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' });
});

test('its scripts may be kept for ever, because their names change with them', async () => {
  await using host = await aHost();
  expect(await host.ask('/assets/index-1a2b.js')).toMatchObject({
    status: 200,
    body: 'start()',
    headers: { 'cache-control': 'public, max-age=31536000, immutable', 'x-content-type-options': 'nosniff' },
  });
});

test.each([
  '/secret.js',
  '/../secret.js',
  '/assets/%2e%2e/%2e%2e/secret.js',
  '/assets',
  '/index.html',
  '/alice.page.json',
])('%s is not part of the page', async (path) => {
  await using host = await aHost();
  expect(await host.ask(path)).toMatchObject({ status: 404 });
});

test('the page itself gets its session, always the newest, and keeps it nowhere', async () => {
  await using host = await aHost();
  const first = await host.ask('/session.json', samePage);
  expect(first).toMatchObject({ status: 200, headers: { 'cache-control': 'no-store' } });
  expect(JSON.parse(first.body)).toEqual(session);
  await host.say({ ...session, token: 'd.e.f' });
  const second = await host.ask('/session.json', samePage);
  expect(JSON.parse(second.body)).toMatchObject({ token: 'd.e.f' });
});

test.each([
  ['another site', { 'sec-fetch-site': 'cross-site' }],
  ['a page of another port', { 'sec-fetch-site': 'same-site' }],
  ['a person who types the address', { 'sec-fetch-site': 'none' }],
  ['a program that says nothing', {}],
  ['a name that was made to lead here', { ...samePage, host: 'evil.example:3000' }],
  ['a name that only begins like ours', { ...samePage, host: 'localhost.evil.example' }],
])('%s gets no session', async (_who, headers) => {
  await using host = await aHost();
  const { status, body } = await host.ask('/session.json', headers);
  expect(status).toBe(403);
  expect(body).not.toContain(session.token);
});

test('until the backend is there, whoever comes early is asked to wait', async () => {
  await using host = await aHost({ ready: false });
  expect(await host.ask('/')).toMatchObject({ status: 503, headers: { refresh: '1' } });
  expect(await host.ask('/session.json', samePage)).toMatchObject({ status: 503 });
  await host.say(session);
  expect(await host.ask('/')).toMatchObject({ status: 200 });
});

test('nothing can be written', async () => {
  await using host = await aHost();
  expect(await host.ask('/session.json', samePage, 'POST')).toMatchObject({ status: 405 });
});

test('a page that was never built is a problem with a way out', async () => {
  await expect(openPageHost({ host: '127.0.0.1', pages: [] }, '/nowhere')).rejects.toMatchObject({
    code: 'no-page',
    hint: expect.stringContaining('--no-pages'),
  });
});
