import { createHmac } from 'node:crypto';
import { expect, onTestFinished, test } from 'vitest';
import { RemoteKeys, type RemoteKeysRules } from '../../src/http/remote-keys.ts';
import { tokenVerifier } from '../../src/protocol/token-verifier.ts';
import { trust } from '../../src/protocol/tokens.ts';
import { anIssuer, inAnHour, keys, publish } from './issuers.ts';

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const claims = { sub: 'alice', aud: 'collab-relay', exp: inAnHour() };

/** The verdict in a word. */
async function verdict(verify: ReturnType<typeof tokenVerifier>, token: string): Promise<string> {
  const verified = await verify(token);
  return verified.ok ? verified.claims.sub : verified.code;
}

test.each(['EdDSA', 'ES256', 'ES384', 'RS256'])('a key for %s verifies what it signed', async (alg) => {
  const issuer = await anIssuer(alg);
  const verify = tokenVerifier(trust.parse({ jwks: { keys: [issuer.jwk] } }), 'collab-relay');
  expect(await verdict(verify, await issuer.sign('alice'))).toBe('alice');
  expect(await verdict(verify, await (await anIssuer(alg)).sign('alice'))).toBe('bad_token');
});

test('an RSA key is for one algorithm, whatever else the same key could verify', async () => {
  const issuer = await anIssuer('PS256');
  const only = (alg?: string) =>
    tokenVerifier(
      trust.parse({ jwks: { keys: [{ ...issuer.jwk, ...(alg !== undefined && { alg }) }] } }),
      'collab-relay',
    );
  const token = await issuer.sign('alice');
  expect(await verdict(only('PS256'), token)).toBe('alice');
  expect(await verdict(only('RS256'), token)).toBe('bad_token');
  expect(await verdict(only(), token)).toBe('bad_token');
});

test('of several keys without names the one that signed is found', async () => {
  const [first, second] = [await anIssuer('EdDSA'), await anIssuer('EdDSA')];
  const both = trust.parse({ jwks: { keys: [first.jwk, second.jwk] } });
  const verify = tokenVerifier(both, 'collab-relay');
  expect(await verdict(verify, await second.sign('alice'))).toBe('alice');
});

test('the public key is no secret: HS256 with it signs nothing', async () => {
  const issuer = await anIssuer('RS256');
  const verify = tokenVerifier(trust.parse({ jwks: { keys: [issuer.jwk] } }), 'collab-relay');
  for (const secret of [issuer.pem, issuer.pem.trim(), JSON.stringify(issuer.jwk)]) {
    const signed = `${part({ alg: 'HS256', typ: 'JWT' })}.${part(claims)}`;
    const forged = `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
    expect(await verdict(verify, forged)).toBe('bad_token');
  }
});

test.each([
  ['a secret key', { kty: 'oct', k: 'c2VjcmV0' }],
  ['a short RSA key', { kty: 'RSA', n: 'A'.repeat(171), e: 'AQAB' }],
  ['a key for encryption', { kty: 'OKP', crv: 'Ed25519', x: 'A'.repeat(43), use: 'enc' }],
  ['a curve for agreement', { kty: 'OKP', crv: 'X25519', x: 'A'.repeat(43) }],
])('%s is no key of an issuer', (_what, key) => {
  expect(trust.safeParse({ jwks: { keys: [key] } }).success).toBe(false);
});

test.each([
  ['https://login.example.com/jwks.json', true],
  ['http://127.0.0.1:9999/jwks.json', true],
  ['http://localhost/jwks.json', true],
  ['http://[::1]:1/jwks.json', true],
  ['http://login.example.com/jwks.json', false],
  ['http://127.0.0.1.example.com/', false],
  ['https://user:password@login.example.com/', false],
  ['file:///etc/passwd', false],
])('keys from %s: %s', (url, fine) => {
  expect(trust.safeParse({ jwks_url: url }).success).toBe(fine);
});

/** A verifier that knows only what is published, and what it complained about. */
function remotely(url: string, rules: Partial<RemoteKeysRules> = {}) {
  const troubles: string[] = [];
  const published = new RemoteKeys({ url, rules, onTrouble: (text) => troubles.push(text) });
  onTestFinished(() => published[Symbol.dispose]());
  return { verify: tokenVerifier(trust.parse({ jwks_url: url }), 'collab-relay', published), troubles };
}

test('published keys are fetched once for many tokens, and again for a key that is new', async () => {
  const [old, fresh] = [await anIssuer('RS256', 'k1'), await anIssuer('ES256', 'k2')];
  const place = await publish(keys(old.jwk, { kty: 'oct', k: 'c2VjcmV0' }, { kty: 'new-kind' }));
  const { verify } = remotely(place.url, { cooldownMs: 0 });
  const tokens = await Promise.all(['alice', 'bob', 'carol'].map((user) => old.sign(user)));
  expect(await Promise.all(tokens.map((token) => verdict(verify, token)))).toEqual(['alice', 'bob', 'carol']);
  expect(place.requests()).toBe(1);

  place.answerWith(keys(fresh.jwk));
  expect(await verdict(verify, await fresh.sign('alice'))).toBe('alice');
  expect(place.requests()).toBe(2);
  // The withdrawn key is forgotten with the set that it was in.
  expect(await verdict(verify, await old.sign('alice'))).toBe('bad_token');
});

test('tokens with made-up keys do not make the relay a flood, and a new key only has to wait', async () => {
  const issuer = await anIssuer('EdDSA', 'k1');
  const place = await publish(keys(issuer.jwk));
  const { verify } = remotely(place.url);
  const strange = await anIssuer('EdDSA', 'made-up');
  for (let n = 0; n < 20; n += 1)
    expect(await verdict(verify, await strange.sign('alice'))).not.toBe('alice');
  expect(place.requests()).toBe(1);
  // Not "bad for good": it may be the issuer's next key.
  expect(await verdict(verify, await strange.sign('alice'))).toBe('no_keys');
  expect(await verdict(verify, await issuer.sign('alice'))).toBe('alice');
  expect(await verdict(verify, `${part({ alg: 'none', kid: 'x' })}.${part(claims)}.`)).toBe('bad_token');
});

test('known keys serve on while their issuer is down, but not for ever', async () => {
  const issuer = await anIssuer('EdDSA', 'k1');
  const place = await publish(keys(issuer.jwk));
  const patient = remotely(place.url, { freshMs: 0, cooldownMs: 0 });
  const strict = remotely(place.url, { freshMs: 0, staleMs: 0, cooldownMs: 0 });
  expect(await verdict(patient.verify, await issuer.sign('alice'))).toBe('alice');
  place.answerWith((response) => response.writeHead(500).end());
  expect(await verdict(patient.verify, await issuer.sign('alice'))).toBe('alice');
  expect(patient.troubles[0]).toMatch(/^The keys of the token issuer at 127\.0\.0\.1:\d+ cannot be had: /);
  expect(await verdict(strict.verify, await issuer.sign('alice'))).toBe('no_keys');
});

test.each([
  ['a redirect', (response) => response.writeHead(302, { location: '/elsewhere' }).end()],
  ['another document', (response) => response.writeHead(200).end('{"keys": "none"}')],
  ['no JSON', (response) => response.writeHead(200).end('<html>')],
  ['an answer without end', (response) => response.writeHead(200).end('x'.repeat(5000))],
  ['silence', () => {}],
] satisfies [string, Parameters<typeof publish>[0]][])(
  '%s instead of keys lets nobody in, and nobody is sent away for good',
  async (_what, answer) => {
    const place = await publish(answer);
    const { verify, troubles } = remotely(place.url, { maxBytes: 4000, timeoutMs: 100 });
    expect(await verdict(verify, await (await anIssuer('EdDSA')).sign('alice'))).toBe('no_keys');
    expect(troubles).toHaveLength(1);
    expect(place.requests()).toBe(1);
  },
);
