import { createServer } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test, vi } from 'vitest';
import { z } from 'zod';
import { listen } from '../../src/http/listen.ts';
import { Refused } from '../../src/http/refused.ts';
import { type RouteListenerOptions, routeListener, withStatus } from '../../src/http/serve-routes.ts';
import { userId } from '../../src/protocol/ids.ts';
import { problemDetails } from '../../src/protocol/problem-details.ts';
import { bare, type Route } from '../../src/protocol/route.ts';

const alice = userId.parse('alice');

const routes = {
  share: {
    ...bare,
    method: 'POST',
    path: '/ideas/:id/share',
    summary: 'Shares',
    access: 'owner',
    params: z.object({ id: z.string().max(8) }),
    query: z.object({ loud: z.enum(['yes', 'no']).default('no') }),
    body: z.strictObject({ friends: z.array(userId).min(1) }),
    answer: z.object({ id: z.string(), friends: z.array(z.string()), by: z.string(), loud: z.string() }),
    status: 201,
  },
  ready: {
    ...bare,
    method: 'GET',
    path: '/ready',
    summary: 'Ready',
    access: 'public',
    answer: z.object({ status: z.string() }),
  },
  broken: {
    ...bare,
    method: 'GET',
    path: '/broken',
    summary: 'Has a bug',
    access: 'public',
    answer: z.never(),
  },
} as const satisfies Record<string, Route>;

async function serve(options: Partial<RouteListenerOptions> = {}) {
  const listener = routeListener(
    routes,
    {
      share: ({ params, query, body, caller }) => ({
        id: params.id,
        friends: body.friends,
        by: caller?.user ?? 'nobody',
        loud: query.loud,
      }),
      ready: async () => withStatus(503, { status: 'not yet' }),
      broken: () => {
        throw new Error('the password is swordfish');
      },
    },
    {
      authorise: async (_access, request) => {
        if (request.headers.authorization !== 'Bearer alice') throw new Refused('no_token');
        return { user: alice, kind: 'owner' };
      },
      allowOrigin: (origin) => origin === 'http://page.example',
      bodyBytes: 1000,
      ...options,
    },
  );
  const server = createServer(listener);
  const { url, port } = await listen(server, { host: '127.0.0.1', port: 0, what: 'The test' });
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url, port };
}

const json = { authorization: 'Bearer alice', 'content-type': 'application/json' };
const post = (url: string, body: string, headers: Record<string, string> = json) =>
  fetch(`${url}/ideas/berlin/share`, { method: 'POST', headers, body });
const problemOf = async (response: Response) => {
  expect(response.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
  const problem = problemDetails.parse(await response.json());
  expect(problem.status).toBe(response.status);
  return problem;
};

test('a call arrives parsed, with its caller, and is answered with the status of its route', async () => {
  const { url } = await serve();
  const response = await fetch(`${url}/ideas/berlin/share?loud=yes`, {
    method: 'POST',
    headers: { ...json, 'content-type': 'application/json; charset=utf-8' },
    body: '{"friends":["bob"]}',
  });
  expect(response.status).toBe(201);
  expect(await response.json()).toEqual({ id: 'berlin', friends: ['bob'], by: 'alice', loud: 'yes' });
});

test('a handler may answer with another status and its normal body', async () => {
  const { url } = await serve();
  const response = await fetch(`${url}/ready`);
  expect(response.status).toBe(503);
  expect(await response.json()).toEqual({ status: 'not yet' });
});

test('HEAD is GET without the body', async () => {
  const { port } = await serve();
  const socket = connect(port, '127.0.0.1');
  socket.write('HEAD /ready HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
  const answer = await text(socket);
  expect(answer).toMatch(/^HTTP\/1.1 503 .*content-length: 20\r\n.*\r\n\r\n$/s);
});

test('all complaints about a request come in one answer', async () => {
  const { url } = await serve();
  const response = await fetch(`${url}/ideas/far-too-long/share?loud=perhaps`, {
    method: 'POST',
    headers: json,
    body: '{"friends":["bob","no spaces"],"extra":1}',
  });
  const problem = await problemOf(response);
  expect(problem.code).toBe('bad_request');
  expect(problem.errors?.map(({ path }) => path)).toEqual(['params.id', 'query.loud', 'friends.1', '']);
});

test.each([
  ['a body that is not JSON', '{"friends":', 'bad_request'],
  ['a body that is not UTF-8 text of an object', '"bob"', 'bad_request'],
  ['no body where one is needed', '', 'bad_request'],
])('%s is refused', async (_what, body, code) => {
  const { url } = await serve();
  expect((await problemOf(await post(url, body))).code).toBe(code);
});

test('a body that is not declared as JSON is refused', async () => {
  const { url } = await serve();
  for (const type of ['text/plain', 'application/jsonp', 'multipart/form-data; boundary=x']) {
    const response = await post(url, '{"friends":["bob"]}', { ...json, 'content-type': type });
    expect((await problemOf(response)).code).toBe('unsupported_media_type');
  }
});

test('a body over the limit is refused, announced or not', async () => {
  const { url, port } = await serve();
  const body = JSON.stringify({ friends: ['x'.repeat(2000)] });
  expect((await problemOf(await post(url, body))).code).toBe('too_big');

  const socket = connect(port, '127.0.0.1');
  socket.write(
    'POST /ideas/berlin/share HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer alice\r\nConnection: close\r\n' +
      'Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n',
  );
  socket.write(`7d0\r\n${'x'.repeat(2000)}\r\n0\r\n\r\n`);
  expect(await text(socket)).toMatch(/^HTTP\/1.1 413 /);
});

test('an endless body is cut off', async () => {
  const { port } = await serve();
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  socket.write(
    'POST /ideas/berlin/share HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer alice\r\n' +
      'Content-Type: application/json\r\nContent-Length: 99999999999\r\n\r\n',
  );
  const chunk = Buffer.alloc(64 * 1024);
  const push = () => {
    while (!socket.destroyed && socket.write(chunk));
  };
  socket.on('drain', push);
  push();
  await new Promise((resolve) => socket.on('close', resolve));
});

test('a call without a token is asked for one, and a public route asks nobody', async () => {
  const { url } = await serve();
  const response = await post(url, '{}', { 'content-type': 'application/json' });
  expect((await problemOf(response)).code).toBe('no_token');
  expect(response.headers.get('www-authenticate')).toBe('Bearer');
  expect((await fetch(`${url}/ready`)).status).toBe(503);
});

test('unknown paths, wrong methods and broken escapes are not found', async () => {
  const { url } = await serve();
  for (const [method, path] of [
    ['GET', '/nothing'],
    ['GET', '/ideas/berlin/share'],
    ['PUT', '/ready'],
    ['GET', '/ideas/%zz/share'],
  ] as const) {
    expect((await problemOf(await fetch(url + path, { method }))).code).toBe('not_found');
  }
});

test('a bug is answered without its text, and told to the owner of the server', async () => {
  const onFault = vi.fn();
  const { url } = await serve({ onFault });
  const problem = await problemOf(await fetch(`${url}/broken`));
  expect(problem.code).toBe('internal');
  expect(JSON.stringify(problem)).not.toContain('swordfish');
  expect(onFault).toHaveBeenCalledExactlyOnceWith(
    expect.objectContaining({ message: 'the password is swordfish' }),
  );
});

test('who is limited learns how long to wait', async () => {
  const { url } = await serve({
    limit: () => {
      throw new Refused('limited', { retryAfterMs: 1500 });
    },
  });
  const response = await fetch(`${url}/ready`);
  expect(response.headers.get('retry-after')).toBe('2');
  expect(await problemOf(response)).toMatchObject({ code: 'limited', retry_after_ms: 1500 });
});

test('the own page may call, preflight included', async () => {
  const { url } = await serve();
  const origin = 'http://page.example';
  const preflight = await fetch(`${url}/ideas/berlin/share`, {
    method: 'OPTIONS',
    headers: { origin, 'access-control-request-method': 'POST' },
  });
  expect(preflight.status).toBe(204);
  expect(preflight.headers.get('access-control-allow-origin')).toBe(origin);
  expect(preflight.headers.get('access-control-allow-methods')).toBe('OPTIONS, POST');
  expect(preflight.headers.get('access-control-allow-headers')).toContain('authorization');

  const call = await post(url, '{"friends":["bob"]}', { ...json, origin });
  expect(call.status).toBe(201);
  expect(call.headers.get('access-control-allow-origin')).toBe(origin);
});

test('a foreign page is refused and gets no leave to read the answer', async () => {
  const { url } = await serve();
  for (const method of ['GET', 'OPTIONS']) {
    const response = await fetch(`${url}/ready`, { method, headers: { origin: 'http://evil.example' } });
    expect((await problemOf(response)).code).toBe('forbidden');
    expect(response.headers.get('access-control-allow-origin')).toBeNull();
  }
  const opaque = await fetch(`${url}/ready`, { headers: { origin: 'null' } });
  expect(opaque.status).toBe(403);
});

test('a program is no page: OPTIONS without an Origin says what is allowed', async () => {
  const { url } = await serve();
  const response = await fetch(`${url}/ready`, { method: 'OPTIONS' });
  expect(response.headers.get('allow')).toBe('OPTIONS, GET, HEAD');
  expect(response.headers.get('access-control-allow-methods')).toBeNull();
});

test('a taken port is named, with who wanted it', async () => {
  const { port } = await serve();
  const second = listen(createServer(), { host: '127.0.0.1', port, what: "alice's backend" });
  await expect(second).rejects.toMatchObject({
    code: 'port-taken',
    message: `alice's backend cannot listen on port ${port}: another process holds it.`,
  });
});
