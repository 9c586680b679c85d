import { expect, test } from 'vitest';
import { relaySettings } from '../../src/cli/relay-settings.ts';
import { createAuthority } from '../../src/stack/tls/certificate.ts';

const secret = 'x'.repeat(32);
const key = { kty: 'OKP', crv: 'Ed25519', x: 'A'.repeat(43), kid: 'k1' };
const noFile = () => Promise.reject(new Error('There is no such file.'));

test('the secret and the public URL come from the environment, the port from a flag', async () => {
  const env = { COLLAB_JWT_SECRET: secret, PUBLIC_URL: 'https://relay.example.com', PORT: '1234' };
  expect(await relaySettings({ port: '0' }, env, noFile)).toMatchObject({
    host: '127.0.0.1',
    port: 0,
    public_url: 'https://relay.example.com',
    trust: { hs256_secret: secret, insecure: false },
  });
  expect(await relaySettings({}, env, noFile)).toMatchObject({ port: 1234 });
});

test('keys come from COLLAB_JWKS or from the file that it names', async () => {
  const read = async (path: string) => (path === 'keys.json' ? JSON.stringify({ keys: [key] }) : noFile());
  expect(await relaySettings({}, { COLLAB_JWKS: 'keys.json' }, read)).toMatchObject({
    trust: { jwks: { keys: [key] } },
  });
  expect(await relaySettings({}, { COLLAB_JWKS: JSON.stringify({ keys: [key] }) }, noFile)).toMatchObject({
    trust: { jwks: { keys: [key] } },
  });
  await expect(relaySettings({}, { COLLAB_JWKS: 'other.json' }, read)).rejects.toMatchObject({
    code: 'bad-jwks',
    exit: 2,
  });
});

test.each([
  ['nobody-trusted', {}, {}],
  ['nobody-trusted', {}, { COLLAB_JWT_SECRET: '' }],
  ['bad-settings', {}, { COLLAB_JWT_SECRET: 'short' }],
  ['bad-redis-url', { redis: 'localhost' }, { COLLAB_JWT_SECRET: secret }],
  ['no-bus-key', { redis: 'redis://localhost' }, { COLLAB_JWKS: JSON.stringify({ keys: [key] }) }],
  ['bad-settings', { drain: 'long' }, { COLLAB_JWT_SECRET: secret }],
  ['bad-settings', { port: 'x' }, { COLLAB_JWT_SECRET: secret }],
  ['insecure-beyond-loopback', { insecure: true, host: '0.0.0.0' }, {}],
  ['insecure-beyond-loopback', { insecure: true, host: '::', behindProxy: true }, {}],
  ['plain-abroad', { host: '0.0.0.0' }, { COLLAB_JWT_SECRET: secret }],
] as const)('%s: with %j and %j it does not start', async (code, flags, env) => {
  await expect(relaySettings(flags, env, noFile)).rejects.toMatchObject({ code, exit: 2 });
});

test.each([
  [{ insecure: true }, {}],
  [{ insecure: true, host: '::1' }, {}],
  [{ host: '0.0.0.0', behindProxy: true }, { COLLAB_JWT_SECRET: secret }],
] as const)('with %j and %j it does', async (flags, env) => {
  await expect(relaySettings(flags, env, noFile)).resolves.toBeDefined();
});

test('who vouches for Redis comes from a file, which has to hold a certificate', async () => {
  const env = { COLLAB_JWT_SECRET: secret, COLLAB_REDIS: 'rediss://10.0.0.1' };
  const { cert } = createAuthority('test');
  const read = async (path: string) => (path === 'ca.pem' ? cert : 'hello');
  expect(await relaySettings({ redisCa: 'ca.pem' }, env, read)).toMatchObject({ redis: { ca: cert } });
  expect(await relaySettings({}, { ...env, COLLAB_REDIS_CA: 'ca.pem' }, read)).toMatchObject({
    redis: { url: 'rediss://10.0.0.1', ca: cert },
  });
  for (const [flags, readFile, code] of [
    [{ redisCa: 'other.pem' }, read, 'bad-redis-ca'],
    [{ redisCa: 'ca.pem' }, noFile, 'bad-redis-ca'],
    [{ redisCa: 'ca.pem', redis: 'redis://10.0.0.1' }, read, 'redis-ca-without-tls'],
  ] as const) {
    await expect(relaySettings(flags, env, readFile)).rejects.toMatchObject({ code, exit: 2 });
  }
});

test('nodes, their key, the drain and the limits come from flags and environment', async () => {
  const env = {
    COLLAB_JWT_SECRET: secret,
    COLLAB_REDIS: 'redis://10.0.0.1',
    COLLAB_REDIS_PREFIX: 'team',
    COLLAB_BUS_KEY: 'b'.repeat(32),
    COLLAB_LIMITS: 'limits.json',
    COLLAB_DRAIN: '5',
  };
  const read = async (path: string) => (path === 'limits.json' ? '{"connections":7}' : noFile());
  expect(await relaySettings({ drain: '20' }, env, read)).toMatchObject({
    redis: { url: 'redis://10.0.0.1', prefix: 'team' },
    bus_key: 'b'.repeat(32),
    drain_ms: 20_000,
    limits: { connections: 7, frame_bytes: 65_536 },
  });
  expect(await relaySettings({ redis: 'redis://other' }, env, read)).toMatchObject({
    redis: { url: 'redis://other' },
    drain_ms: 5000,
  });
  for (const [wrong, code] of [
    ['{', 'bad-limits'],
    ['{"conections":7}', 'bad-settings'],
  ]) {
    await expect(relaySettings({}, { ...env, COLLAB_LIMITS: wrong }, read)).rejects.toMatchObject({
      code,
      exit: 2,
    });
  }
});
