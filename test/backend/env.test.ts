import { expect, test } from 'vitest';
import { backendConfigFrom } from '../../src/backend/env.ts';
import { Problem } from '../../src/problem.ts';

const noFile = (): string => {
  throw new Error('no such file');
};
const key = { kty: 'OKP', crv: 'Ed25519', x: 'A'.repeat(43) };
const least = { USER_ID: 'alice', COLLAB_URL: 'ws://localhost:9000', COLLAB_INSECURE: '1' };

function complaintsOf(environment: Record<string, string>): string {
  try {
    backendConfigFrom(environment, noFile);
    return '';
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    expect(error.exit).toBe(2);
    return error.message;
  }
}

test("the brief's three variables and whom to believe are enough", () => {
  expect(backendConfigFrom(least, noFile)).toMatchObject({
    user_id: 'alice',
    display_name: 'alice',
    port: 8000,
    collab_url: 'ws://localhost:9000',
    data_dir: '.collab-dev/backend-alice',
    owner_trust: { insecure: true },
    friends: [],
    allow_private: false,
  });
});

test('every variable finds its place', () => {
  const config = backendConfigFrom(
    {
      USER_ID: 'bob',
      DISPLAY_NAME: 'Bob B.',
      PORT: '8001',
      COLLAB_URL: 'wss://relay.example',
      COLLAB_TOKEN: 'given',
      COLLAB_TOKEN_FILE: '/run/token',
      COLLAB_FRIENDS: 'alice, carol',
      COLLAB_JWKS: JSON.stringify({ keys: [key] }),
      COLLAB_JWT_SECRET: 's'.repeat(32),
      COLLAB_ALLOW_PRIVATE: '1',
      DATA_DIR: '/var/lib/bob',
      PUBLIC_URL: 'https://bob.example',
      PAGE_ORIGINS: 'http://localhost:3001',
      COLLAB_SWEEP_MS: '900',
      COLLAB_RECONNECT_MAX_MS: '1000',
    },
    noFile,
  );
  expect(config).toMatchObject({
    user_id: 'bob',
    display_name: 'Bob B.',
    port: 8001,
    token: 'given',
    token_file: '/run/token',
    friends: ['alice', 'carol'],
    allow_private: true,
    data_dir: '/var/lib/bob',
    public_url: 'https://bob.example',
    page_origins: ['http://localhost:3001'],
    timing: { sweep_ms: 900, reconnect_max_ms: 1000, reconnect_min_ms: 500 },
    owner_trust: { jwks: { keys: [key] }, hs256_secret: 's'.repeat(32), insecure: false },
  });
});

test('a key set may be in a file', () => {
  const read = (path: string) => (path === 'keys.json' ? JSON.stringify({ keys: [key] }) : noFile());
  const config = backendConfigFrom({ ...least, COLLAB_JWKS: 'keys.json' }, read);
  expect(config.owner_trust.jwks).toEqual({ keys: [key] });
});

test('all complaints come at once, in the words of the environment', () => {
  const complaints = complaintsOf({ PORT: 'many', COLLAB_FRIENDS: 'alice,?', COLLAB_JWT_SECRET: 'short' });
  expect(complaints).toContain('USER_ID is missing');
  expect(complaints).toContain('COLLAB_URL is missing');
  expect(complaints).toContain('PORT: ');
  expect(complaints).toContain('COLLAB_FRIENDS: ');
  expect(complaints).toContain('COLLAB_JWT_SECRET: COLLAB_JWT_SECRET needs at least 32 characters');
});

test('a backend that believes nobody does not start', () => {
  expect(complaintsOf({ USER_ID: 'alice', COLLAB_URL: 'ws://localhost:9000' })).toContain(
    'nobody is believed',
  );
  expect(complaintsOf({ ...least, COLLAB_JWKS: 'nowhere.json' })).toContain('COLLAB_JWKS is neither');
});

test('private addresses and production do not go together', () => {
  const both = { ...least, COLLAB_ALLOW_PRIVATE: '1', NODE_ENV: 'production' };
  expect(complaintsOf(both)).toContain('COLLAB_ALLOW_PRIVATE=1 opens your network to share links');
});
