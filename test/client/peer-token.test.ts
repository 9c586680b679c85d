import { chmodSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SignJWT } from 'jose';
import { expect, test } from 'vitest';
import { loadOrMakePeerKey, makePeerToken, peerTokens, verifyPeerToken } from '../../src/client/index.ts';
import { alice, bob, carol, temporaryFolder } from './rig.ts';

const now = 1_800_000_000_000;

test('a key is made once, for its owner only, and found again', () => {
  const folder = temporaryFolder();
  const { publicKey } = loadOrMakePeerKey(folder);
  expect(readdirSync(folder)).toEqual(['peer-key.json']);
  const file = join(folder, 'peer-key.json');
  expect(statSync(file).mode & 0o777).toBe(0o600);
  chmodSync(file, 0o644);
  expect(loadOrMakePeerKey(folder).publicKey).toEqual(publicKey);
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

test('a file that is no key is said, not replaced', () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'peer-key.json'), '{}');
  expect(() => loadOrMakePeerKey(folder)).toThrow(/peer-key.json is not a private Ed25519 key/);
});

test("alice's token opens bob's backend for a minute, and nothing else", async () => {
  const key = loadOrMakePeerKey(temporaryFolder());
  const token = await makePeerToken(alice, bob, key, now);
  const keyOf = () => key.publicKey;
  expect(await verifyPeerToken(token, bob, keyOf, now)).toEqual({ ok: true, caller: alice });
  expect(await verifyPeerToken(token, carol, keyOf, now)).toEqual({ ok: false, code: 'bad_token' });
  expect(await verifyPeerToken(token, bob, () => undefined, now)).toEqual({ ok: false, code: 'bad_token' });
  expect(await verifyPeerToken(token, bob, keyOf, now + 120_000)).toEqual({
    ok: false,
    code: 'token_expired',
  });
  const another = loadOrMakePeerKey(temporaryFolder()).publicKey;
  expect(await verifyPeerToken(token, bob, () => another, now)).toEqual({ ok: false, code: 'bad_token' });
  expect(await verifyPeerToken('nonsense', bob, keyOf, now)).toEqual({ ok: false, code: 'bad_token' });
});

test('a token that would live for an hour is not taken', async () => {
  const key = loadOrMakePeerKey(temporaryFolder());
  const token = await new SignJWT({ jti: 'x' })
    .setProtectedHeader({ alg: 'EdDSA' })
    .setIssuer(alice)
    .setSubject(alice)
    .setAudience('collab-backend:bob')
    .setIssuedAt(now / 1000)
    .setExpirationTime(now / 1000 + 3600)
    .sign(key.privateKey);
  expect(await verifyPeerToken(token, bob, () => key.publicKey, now)).toEqual({
    ok: false,
    code: 'bad_token',
  });
});

test('a token is reused for half of its life', async () => {
  let at = now;
  const tokens = peerTokens(alice, loadOrMakePeerKey(temporaryFolder()), () => at);
  const first = await tokens.tokenFor(bob);
  at += 29_000;
  expect(await tokens.tokenFor(bob)).toBe(first);
  expect(await tokens.tokenFor(carol)).not.toBe(first);
  at += 2000;
  expect(await tokens.tokenFor(bob)).not.toBe(first);
});
