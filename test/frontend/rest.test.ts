import { createServer } from 'node:http';
import { expect, test } from 'vitest';
import { openApi } from '../../src/frontend/page/api/rest.ts';
import { listen } from '../../src/http/listen.ts';
import { pageSession } from '../../src/protocol/pages-config.ts';

interface Answer {
  readonly status?: number;
  readonly body: string;
}

/** A backend of somebody else's, which answers the same to everything, and the page's calls to it. */
async function aBackendThatSays(answer: (token: string) => Answer) {
  const tokens: string[] = [];
  const server = createServer((request, response) => {
    const token = (request.headers.authorization ?? '').replace('Bearer ', '');
    tokens.push(token);
    const { status = 200, body } = answer(token);
    response.writeHead(status, { 'content-type': 'application/json' }).end(body);
  });
  const { port } = await listen(server, { host: '127.0.0.1', port: 0, what: 'a backend', scheme: 'http' });
  let token = 'first';
  const api = openApi({
    current: async () =>
      pageSession.parse({
        user_id: 'bob',
        display_name: 'Bob',
        backend_url: `http://127.0.0.1:${port}`,
        token,
      }),
    renew: () => {
      token = 'second';
    },
  });
  return {
    api,
    tokens,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

const says = (value: unknown) => () => ({ body: JSON.stringify(value) });
const at = '2026-11-22T14:53:00+00:00';

test('nulls are absent, and an entry of a later version hides no other', async () => {
  const known = { id: 'n1', kind: 'comment_added', text: 'Alice commented.', created_at: at, code: null };
  await using backend = await aBackendThatSays(says([known, { ...known, id: 'n2', kind: 'reaction_added' }]));
  const { code: _, ...understood } = known;
  expect(await backend.api('listNotifications')).toEqual({ is: 'answered', answer: [understood] });
});

test('an answer that is none is no answer, and a route that is not there is a refusal', async () => {
  await using odd = await aBackendThatSays(() => ({ body: '<html>' }));
  expect(await odd.api('readOutbox')).toMatchObject({ is: 'silent' });
  await using poor = await aBackendThatSays(() => ({ status: 404, body: 'nothing here' }));
  expect(await poor.api('listNotifications')).toEqual({ is: 'refused', details: {} });
});

test('a token that has ended is replaced once a call', async () => {
  const spent = { status: 401, body: '{"code":"bad_token"}' };
  await using backend = await aBackendThatSays((token) => (token === 'first' ? spent : { body: '[]' }));
  expect(await backend.api('listFriends')).toEqual({ is: 'answered', answer: [] });
  expect(backend.tokens).toEqual(['first', 'second']);
  await using strict = await aBackendThatSays(() => spent);
  expect(await strict.api('listFriends')).toEqual({ is: 'refused', details: { code: 'bad_token' } });
  expect(strict.tokens).toEqual(['first', 'second']);
});
