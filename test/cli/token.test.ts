import process from 'node:process';
import { decodeJwt, jwtVerify } from 'jose';
import { expect, test } from 'vitest';
import { lifetimeSeconds } from '../../src/cli/lifetime.ts';
import { aFolder, commandTestMs } from './rig.ts';

const secret = 'a secret that only this test knows';

test(
  'collab-dev token prints what the relay and the backend of a live run believe',
  async () => {
    await using folder = await aFolder();
    const up = folder.start(['up', '--ports', 'auto', '--no-tui', '--users', 'alice,bob']);
    const line = await up.line(/relay {2}(http:\S+)/);
    const relay = /http:\S+/.exec(line)?.[0] ?? '';
    await up.line(/stop {5}/);

    const { stdout, exitCode } = await folder.run(['token', '--user', 'alice']);
    const token = stdout.trim();
    expect(exitCode).toBe(0);
    const { exp = 0, ...claims } = decodeJwt(token);
    expect(claims).toMatchObject({ sub: 'alice', aud: 'collab-relay' });
    expect(exp - Date.now() / 1000).toBeGreaterThan(3000);
    const online = await fetch(`${relay}/api/users/online`, {
      headers: { authorization: `Bearer ${token}` },
    });
    expect(await online.json()).toMatchObject([{ user_id: 'bob' }]);

    const other = await folder.run(['token', '--user', 'bob', '--audience', 'backend', '--expires', '90s']);
    expect(decodeJwt(other.stdout.trim())).toMatchObject({ sub: 'bob', aud: 'collab-backend:bob' });

    process.kill(up.pid, 'SIGINT');
    await up.ended;
    const after = await folder.run(['token', '--user', 'alice']);
    expect(after).toMatchObject({ exitCode: 2, stdout: '' });
    expect(after.stderr).toContain('Nothing runs in this folder.');
  },
  commandTestMs,
);

test('with a secret in the environment nothing has to run', async () => {
  await using folder = await aFolder();
  const args = ['token', '--user', 'alice', '--audience', 'somewhere'];
  const { stdout, stderr } = await folder.run(args, { COLLAB_JWT_SECRET: secret });
  const { payload } = await jwtVerify(stdout.trim(), new TextEncoder().encode(secret), {
    audience: 'somewhere',
    algorithms: ['HS256'],
  });
  expect(payload.sub).toBe('alice');
  expect(stderr).toBe('');
  const short = await folder.run(args, { COLLAB_JWT_SECRET: 'short' });
  expect(short).toMatchObject({ exitCode: 2, stdout: '' });
  expect(short.stderr).toMatch(/at least 32 characters/);
  expect(short.stderr).not.toContain('short"');
});

test.each([
  ['90s', 90],
  ['15m', 900],
  ['1h', 3600],
  ['30d', 2_592_000],
])('%s is %i seconds', (text, seconds) => {
  expect(lifetimeSeconds(text)).toBe(seconds);
});

test.each(['', '1', '0s', '31d', '-1h', '1 h', '1e3s', 'constructor'])('%j is no lifetime', (text) => {
  expect(() => lifetimeSeconds(text)).toThrow(/from 1s to 30d/);
});
