import { expect } from 'vitest';
import { startGate, startRelay, startUser, tokenFor } from '../../backend/rig.ts';
import { join } from '../../relay/rig.ts';
import { answered, type BreakIn, bearer, fetched, forged, innerServer, upgrade } from './rig.ts';

/** How far one gets to somewhere else: inner networks, foreign pages, strangers. */
export const reach: readonly BreakIn[] = [
  {
    attempt: "a share_url that leads to a server inside the recipient's network",
    gets: 'refused bad_origin, never dialled',
    async tried() {
      const inner = await innerServer();
      const data = { position_id: 'new', share_url: `${inner.url}/admin` };
      const { word } = await forged({ type: 'position_shared', data }, 'bob', 'carol');
      return `${word}, ${inner.requests() === 0 ? 'never dialled' : 'dialled'}`;
    },
  },
  {
    attempt: 'a backend registered at a private address',
    gets: 'bad_address, never dialled',
    async tried() {
      const inner = await innerServer();
      const code = await fetched(inner.url, { allow_private: false });
      return `${code}, ${inner.requests() === 0 ? 'never dialled' : 'dialled'}`;
    },
  },
  {
    attempt: "a backend registered at a cloud's metadata address, in decimal",
    gets: 'bad_address',
    tried: () => fetched('http://2852039166/latest/meta-data', { allow_private: true }),
  },
  {
    attempt: 'an answer that redirects into the network',
    gets: 'redirected, never dialled',
    async tried() {
      const inner = await innerServer();
      const gate = await startGate();
      gate.answerWith(() => new Response(null, { status: 302, headers: { location: inner.url } }));
      const code = await fetched(gate.url, { allow_private: true });
      return `${code}, ${inner.requests() === 0 ? 'never dialled' : 'dialled'}`;
    },
  },
  {
    attempt: "a foreign page at the relay's sockets and REST",
    gets: '403, 403, 403',
    async tried() {
      const { url } = await startRelay();
      const origin = 'https://evil.example';
      const token = await tokenFor('alice', { audience: 'collab-relay' });
      const online = await fetch(`${url}/api/users/online`, { headers: { origin, ...bearer(token) } });
      const plain = await upgrade(`${url}/ws/alice?token=${token}`, { origin });
      const io = await upgrade(`${url}/socket.io/?EIO=4&transport=websocket`, { origin });
      // Engine.IO says 400 to an upgrade that it does not allow.
      return [online.status, plain, io === 400 ? 403 : io].join(', ');
    },
  },
  {
    attempt: "a foreign page at a backend's REST and live socket",
    gets: '403 forbidden, 403',
    async tried() {
      const relay = await startRelay();
      const config = { page_origins: ['http://localhost:3000'] };
      const alice = await startUser('alice', { relay, config });
      const headers = { origin: 'https://evil.example', ...bearer(await alice.ownerToken()) };
      const rest = await answered(alice.ask('GET', '/api/v1/positions/ideas', undefined, headers));
      return `${rest}, ${(await alice.page(undefined, { origin: 'https://evil.example' })).status}`;
    },
  },
  {
    attempt: 'a one-sided friendship: send, look who is online, see presence',
    gets: 'unavailable, nobody, nothing',
    async tried() {
      const relay = await startRelay();
      const alice = await join(relay, 'alice', { friends: ['bob'] });
      const mallory = await join(relay, 'mallory', { friends: ['alice'] });
      await mallory.submit({
        id: 'e1',
        type: 'share_revoked',
        to_users: ['alice'],
        data: { position_id: 'x' },
      });
      const { stage } = await mallory.receipt('e1', 'alice', 'routed', 'unavailable', 'delivered');
      const token = await tokenFor('mallory', { audience: 'collab-relay' });
      const online: unknown = await (
        await fetch(`${relay.url}/api/users/online`, { headers: bearer(token) })
      ).json();
      const nobody = Array.isArray(online) && online.length === 0 ? 'nobody' : online;
      const seen = mallory.named('presence').length + mallory.named('wake').length;
      expect(alice.named('collab_event')).toEqual([]);
      return `${stage}, ${nobody}, ${seen === 0 ? 'nothing' : 'presence'}`;
    },
  },
  {
    attempt: "a registration in somebody else's name",
    gets: '403 forbidden',
    async tried() {
      const relay = await startRelay();
      const auth_token = await tokenFor('mallory', { audience: 'collab-relay' });
      const body = { user_id: 'alice', backend_url: 'http://evil.example', auth_token };
      const response = await fetch(`${relay.url}/api/register`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      return answered(Promise.resolve({ status: response.status, body: await response.json() }));
    },
  },
];
