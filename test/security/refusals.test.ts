import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openBackend } from '../../src/backend/backend.ts';
import { backendConfigFrom } from '../../src/backend/env.ts';
import { relaySettings } from '../../src/cli/relay-settings.ts';
import { backendConfig } from '../../src/protocol/backend-config.ts';
import { relayConfig } from '../../src/protocol/relay-config.ts';
import { openRelay } from '../../src/relay/relay.ts';
import { createAuthority } from '../../src/stack/tls/certificate.ts';
import { aFolder } from '../backend/rig.ts';

const secret = 'a secret that only this test knows';
const nothing = () => Promise.reject(new Error('no such file'));

/** Files with a certificate and its key, and what would not do. */
async function files() {
  const folder = await aFolder();
  const write = async (name: string, text: string) => {
    await writeFile(join(folder, name), text);
    return join(folder, name);
  };
  const authority = createAuthority('test');
  const [mine, other] = [authority.certify('mine'), authority.certify('other')];
  const old = createAuthority('test', new Date('2020-01-01')).certify('old');
  return {
    cert: await write('cert.pem', mine.cert),
    key: await write('key.pem', mine.key),
    otherKey: await write('other.pem', other.key),
    oldCert: await write('old.pem', old.cert),
    oldKey: await write('old.key', old.key),
    rubbish: await write('rubbish.pem', 'hello'),
    folder,
  };
}

/** The code and the exit code of the problem that keeps something from starting; or that it started. */
async function refusal(start: () => Promise<AsyncDisposable>): Promise<string> {
  try {
    const started = await start();
    onTestFinished(() => started[Symbol.asyncDispose]());
    return 'started';
  } catch (error) {
    return error instanceof Error && 'code' in error && 'exit' in error
      ? `${error.code} ${error.exit}`
      : String(error);
  }
}

const relay = (config: object) =>
  refusal(() => openRelay(relayConfig.parse({ port: 0, trust: { hs256_secret: secret }, ...config })));

const backend = (data_dir: string, config: object) =>
  refusal(() => {
    const parsed = backendConfig.parse({
      user_id: 'alice',
      display_name: 'Alice',
      port: 0,
      collab_url: 'http://127.0.0.1:1',
      data_dir,
      owner_trust: { hs256_secret: secret },
      ...config,
    });
    return openBackend(parsed, { tell: () => {} });
  });

test('a relay starts only where nobody on the way reads along, and with a certificate that is one', async () => {
  const { cert, key, otherKey, oldCert, oldKey, rubbish } = await files();
  const tls = (cert_file: string, key_file: string) => ({ tls: { cert_file, key_file } });
  const abroad = { host: '0.0.0.0' };
  expect(await relay(abroad)).toBe('plain-abroad 2');
  expect(await relay({ ...abroad, trust: { insecure: true }, ...tls(cert, key) })).toBe(
    'insecure-beyond-loopback 2',
  );
  expect(await relay({ trust: {} })).toBe('nobody-trusted 2');
  expect(await relay(tls(cert, otherKey))).toBe('bad-certificate 2');
  expect(await relay(tls(oldCert, oldKey))).toBe('bad-certificate 2');
  expect(await relay(tls(rubbish, key))).toBe('bad-certificate 2');
  expect(await relay(tls('/nowhere/cert.pem', key))).toBe('bad-certificate 2');
  expect(await relay(tls(cert, key))).toBe('started');
});

test('so does a backend', async () => {
  const { cert, key, otherKey, rubbish, folder } = await files();
  const open = (config: object) => backend(folder, config);
  const abroad = { host: '0.0.0.0' };
  expect(await open(abroad)).toBe('plain-abroad 2');
  expect(await open({ ...abroad, owner_trust: { insecure: true } })).toBe('insecure-beyond-loopback 2');
  expect(await open({ tls: { cert_file: cert, key_file: otherKey } })).toBe('bad-certificate 2');
  expect(await open({ ca_file: rubbish })).toBe('bad-certificate 2');
  expect(await open({ tls: { cert_file: cert, key_file: key }, ca_file: cert })).toBe('started');
});

test('from flags and environment: half a certificate, a short secret, keys in the clear', async () => {
  const settings = (flags: Parameters<typeof relaySettings>[0], env: Record<string, string> = {}) =>
    relaySettings(flags, { COLLAB_JWT_SECRET: secret, ...env }, nothing).then(
      () => 'fine',
      ({ code, exit }) => `${code} ${exit}`,
    );
  expect(await settings({ tlsCert: 'cert.pem' })).toBe('half-certificate 2');
  expect(await settings({}, { COLLAB_TLS_KEY: 'key.pem' })).toBe('half-certificate 2');
  expect(await settings({}, { COLLAB_JWT_SECRET: 'x'.repeat(31) })).toBe('bad-settings 2');
  expect(await settings({ jwksUrl: 'http://login.example.com/keys' })).toBe('bad-settings 2');
  expect(await settings({ host: '0.0.0.0', tlsCert: 'cert.pem', tlsKey: 'key.pem' })).toBe('fine');

  const complaint = (env: Record<string, string>): string => {
    try {
      backendConfigFrom({ USER_ID: 'alice', COLLAB_URL: 'http://127.0.0.1:1', ...env }, () => '');
      return '';
    } catch (error) {
      return String(error);
    }
  };
  const trusted = { COLLAB_JWT_SECRET: secret };
  expect(complaint({ ...trusted, COLLAB_TLS_CERT: 'cert.pem' })).toContain(
    'COLLAB_TLS_CERT and COLLAB_TLS_KEY',
  );
  expect(complaint({ COLLAB_JWT_SECRET: 'short' })).toContain('COLLAB_JWT_SECRET');
  expect(complaint({ COLLAB_JWKS_URL: 'http://login.example.com/keys' })).toContain('COLLAB_JWKS_URL');
  expect(complaint({ ...trusted, COLLAB_ALLOW_PRIVATE: '1', NODE_ENV: 'production' })).toContain('NODE_ENV');
  expect(complaint({})).toContain('nobody is believed');
});
