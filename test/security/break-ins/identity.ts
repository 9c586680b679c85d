import { createHmac } from 'node:crypto';
import { SignJWT } from 'jose';
import { startRelay, startUser, tokenFor } from '../../backend/rig.ts';
import { dial, join } from '../../relay/rig.ts';
import { anIssuer } from '../issuers.ts';
import {
  aliceAt,
  answered,
  type BreakIn,
  bearer,
  berlin,
  part,
  refusedHandshake,
  unsigned,
  upgrade,
} from './rig.ts';

/** Who one is. */
export const identity: readonly BreakIn[] = [
  {
    attempt: "an event in somebody else's name",
    gets: 'rejected spoofed',
    async tried() {
      const relay = await startRelay();
      await join(relay, 'bob', { friends: ['mallory', 'alice'] });
      const mallory = await join(relay, 'mallory', { friends: ['bob'] });
      const data = { position_id: 'berlin' };
      const event = { type: 'share_revoked', from_user: 'alice', to_users: ['bob'], data };
      const { status, code } = await mallory.submit(event);
      return `${status} ${code}`;
    },
  },
  {
    attempt: "a socket as somebody else, with one's own token",
    gets: 'forbidden',
    async tried() {
      const relay = await startRelay();
      const auth = { token: await tokenFor('mallory', { audience: 'collab-relay' }), user_id: 'alice' };
      return refusedHandshake(dial(relay, { auth }));
    },
  },
  {
    attempt: "another user's socket path",
    gets: '4403',
    async tried() {
      const relay = await startRelay();
      const token = await tokenFor('mallory', { audience: 'collab-relay' });
      return upgrade(`${relay.url}/ws/alice?token=${token}`);
    },
  },
  {
    attempt: "a refresh with somebody else's token",
    gets: 'forbidden',
    async tried() {
      const mallory = await join(await startRelay(), 'mallory');
      const token = await tokenFor('alice', { audience: 'collab-relay' });
      const { code } = await mallory.socket.emitWithAck('auth_refresh', { token });
      return code;
    },
  },
  {
    attempt: 'an unsigned token (alg none), at relay and backend',
    gets: 'bad_token, 401 bad_token',
    async tried() {
      const relay = await startRelay();
      const alice = await startUser('alice', { relay });
      const atRelay = refusedHandshake(dial(relay, { auth: { token: unsigned('collab-relay') } }));
      const atBackend = alice.ask('GET', berlin, undefined, bearer(unsigned('collab-backend:alice')));
      return `${await atRelay}, ${await answered(atBackend)}`;
    },
  },
  {
    attempt: 'a token signed with the public key as HS256 secret',
    gets: 'bad_token',
    async tried() {
      const { jwk, pem } = await anIssuer('EdDSA', 'k1');
      const relay = await startRelay(0, {}, { trust: { jwks: { keys: [jwk] } } });
      const signed = `${part({ alg: 'HS256', kid: 'k1' })}.${part(aliceAt('collab-relay'))}`;
      const signature = createHmac('sha256', pem).update(signed);
      return refusedHandshake(dial(relay, { auth: { token: `${signed}.${signature.digest('base64url')}` } }));
    },
  },
  {
    attempt: "a good signature under another algorithm's name (RS256 for EdDSA)",
    gets: 'bad_token',
    async tried() {
      const issuer = await anIssuer('EdDSA', 'k1');
      const relay = await startRelay(0, {}, { trust: { jwks: { keys: [issuer.jwk] } } });
      const [, claims, signature] = (await issuer.sign('alice')).split('.');
      const token = [part({ alg: 'RS256', kid: 'k1' }), claims, signature].join('.');
      return refusedHandshake(dial(relay, { auth: { token } }));
    },
  },
  {
    attempt: 'a key that the token itself brings (jwk, jku)',
    gets: 'bad_token',
    async tried() {
      const { jwk } = await anIssuer('ES256', 'k1');
      const relay = await startRelay(0, {}, { trust: { jwks: { keys: [jwk] } } });
      const own = await anIssuer('ES256', 'k1');
      const token = await own.sign('alice', {}, { jwk: own.jwk, jku: 'http://127.0.0.1:1/keys' });
      return refusedHandshake(dial(relay, { auth: { token } }));
    },
  },
  {
    attempt: 'an expired token, at relay and backend',
    gets: 'token_expired, 401 bad_token',
    async tried() {
      const relay = await startRelay();
      const alice = await startUser('alice', { relay });
      const expiresInS = -60;
      const stale = await tokenFor('alice', { audience: 'collab-relay', expiresInS });
      const { code } = await dial(relay, { auth: { token: stale } }).next('collab_error');
      const atBackend = await tokenFor('alice', { audience: 'collab-backend:alice', expiresInS });
      return `${code}, ${await answered(alice.ask('GET', berlin, undefined, bearer(atBackend)))}`;
    },
  },
  {
    attempt: 'a token for the backend at the relay, and the other way round',
    gets: 'bad_token, 401 bad_token',
    async tried() {
      const relay = await startRelay();
      const alice = await startUser('alice', { relay });
      const token = await tokenFor('alice', { audience: 'collab-backend:alice' });
      const forRelay = await tokenFor('alice', { audience: 'collab-relay' });
      const atBackend = answered(alice.ask('GET', berlin, undefined, bearer(forRelay)));
      return `${await refusedHandshake(dial(relay, { auth: { token } }))}, ${await atBackend}`;
    },
  },
  {
    attempt: 'a token without an end',
    gets: 'bad_token',
    async tried() {
      const issuer = await anIssuer('EdDSA');
      const relay = await startRelay(0, {}, { trust: { jwks: { keys: [issuer.jwk] } } });
      const token = await new SignJWT({ sub: 'alice', aud: 'collab-relay' })
        .setProtectedHeader({ alg: 'EdDSA' })
        .sign(issuer.privateKey);
      return refusedHandshake(dial(relay, { auth: { token } }));
    },
  },
];
