import process from 'node:process';
import { SignJWT } from 'jose';
import { expect, test, vi } from 'vitest';
import { z } from 'zod';
import { openLog } from '../../src/cli/log/open-log.ts';
import { redactor, secretsOf } from '../../src/cli/log/redact.ts';
import { eventId, userId } from '../../src/protocol/ids.ts';
import { aFolder, commandTestMs } from './rig.ts';

vi.setConfig({ testTimeout: commandTestMs });

const alice = userId.parse('alice');

/** The lines of a log after something was told. */
function lines(level: 'info' | 'warn' | 'debug', readable: boolean, secrets: string[] = []) {
  const written: string[] = [];
  const log = openLog({ level, readable, secrets, write: (line) => written.push(line) });
  log.tell({ type: 'connection', user: alice, state: 'connected', connection: 'c1' });
  log.tell({
    type: 'step',
    step: 'routed',
    event: eventId.parse('e1'),
    kind: 'comment_added',
    from: alice,
    to: userId.parse('bob'),
  });
  log.tell({
    type: 'note',
    level: 'warn',
    code: 'no_keys',
    text: 'GET https://x/?token=hush\u001b[2J failed',
  });
  return written;
}

test('a line is one object with level, time, words and what can be searched for', () => {
  const [connected, warned, ...rest] = lines('info', false).map((line) => JSON.parse(line));
  expect(rest).toEqual([]);
  expect(connected).toEqual({
    level: 'info',
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
    type: 'connection',
    user: 'alice',
    state: 'connected',
    connection: 'c1',
    msg: 'alice connected to the relay',
  });
  expect(warned).toMatchObject({
    level: 'warn',
    code: 'no_keys',
    msg: 'GET https://x/?token=[redacted] failed',
  });
});

test('the level decides what is said', () => {
  expect(lines('warn', false)).toHaveLength(1);
  expect(lines('debug', false)).toHaveLength(3);
});

test('for a person it is a line to be read', () => {
  expect(lines('info', true)[0]).toMatch(/^\d\d:\d\d:\d\d\.\d{3} info {2}alice connected to the relay$/);
});

const jwt = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.c2lnbmF0dXJl';

test.each([
  ['a bearer token', 'authorization: Bearer abc.def', 'abc.def'],
  ['a basic credential', '"Authorization":"Basic YWxpY2U6cHc="', 'YWxpY2U6cHc='],
  ['a token in a query', 'GET /ws/alice?x=1&token=hush-hush&y=2', 'hush-hush'],
  ['a token in JSON', '{"auth_token":"hush","user":"alice"}', 'hush'],
  ['a secret in an assignment', 'COLLAB_JWT_SECRET=hush and more', 'hush'],
  ['a password in a URL', 'redis://collab:pass-word@10.0.0.1:6379/0', 'pass-word'],
  ['a token on its own', `could not read ${jwt}, sorry`, jwt],
  ['what is known to be secret', 'it was "correct horse battery"', 'correct horse battery'],
])('%s never shows', (_what, line, secret) => {
  const shown = redactor(['correct horse battery'])(line);
  expect(shown).not.toContain(secret);
  expect(shown).toContain('[redacted]');
});

test('what is no secret stays', () => {
  const redact = redactor(['a', undefined]);
  const line = '{"user":"alice","code":"bad_token","msg":"the token is missing, or not valid here"}';
  expect(redact(line)).toBe(line);
  expect(secretsOf({ COLLAB_TOKEN_FILE: '/run/token', COLLAB_JWKS_URL: 'https://x', PATH: '/bin' })).toEqual(
    [],
  );
});

test('a relay that runs alone logs on stderr, and no secret is in anything that it says', async () => {
  await using folder = await aFolder();
  const secret = 'a-secret-that-only-this-relay-knows';
  const admin = 'an-admin-token-that-nobody-else-has';
  const relay = folder.start(['relay', '--port', '0', '--log-level', 'debug'], {
    COLLAB_JWT_SECRET: secret,
    COLLAB_ADMIN_TOKEN: admin,
  });
  const [url = ''] = /http:\S+(?=,)/.exec(await relay.line(/listens on/)) ?? [];
  const token = await new SignJWT({})
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject('alice')
    .setAudience('collab-relay')
    .setExpirationTime('1h')
    .sign(new TextEncoder().encode(secret));
  const ws = `${url.replace('http', 'ws')}/ws/alice`;
  await opened(`${ws}?token=${token}`);
  await opened(`${ws}?token=${token.slice(0, -6)}forged`);
  for (const bearer of [admin, `${admin}x`]) {
    await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${bearer}` } });
  }
  process.kill(relay.pid, 'SIGTERM');
  const { stdout, stderr } = await relay.ended;
  expect(stdout).toMatch(/^The relay listens on \S+, process \d+$/);
  const log = stderr.split('\n').map((line) => z.record(z.string(), z.unknown()).parse(JSON.parse(line)));
  expect(log).toContainEqual(expect.objectContaining({ level: 'info', user: 'alice', state: 'connected' }));
  expect(log.at(-1)).toMatchObject({ level: expect.any(String) });
  for (const hidden of [secret, admin, token, token.slice(0, -6)]) {
    expect(stdout + stderr).not.toContain(hidden);
  }
});

/** Connects, and resolves with the first frame, or when it was refused. */
function opened(url: string): Promise<void> {
  const socket = new WebSocket(url);
  return new Promise((resolve) => {
    socket.onmessage = () => {
      socket.close();
      resolve();
    };
    socket.onclose = () => resolve();
    socket.onerror = () => resolve();
  });
}
