import { createServer } from 'node:http';
import { onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { loadOrMakePeerKey } from '../../../src/client/peer-key.ts';
import { makePeerToken } from '../../../src/client/peer-token.ts';
import { listen } from '../../../src/http/listen.ts';
import { userId } from '../../../src/protocol/ids.ts';
import { friendsOf, startRelay, startUser, type User } from '../../backend/rig.ts';
import type { Puppet } from '../../relay/rig.ts';
import { inAnHour } from '../issuers.ts';

/** What each attempt is, what it gets, and how it is made: on a real relay with real backends. */
export interface BreakIn {
  readonly attempt: string;
  readonly gets: string;
  readonly tried: () => Promise<unknown>;
}

export const berlin = '/api/v1/positions/ideas/berlin';
export const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
export const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
export const aliceAt = (audience: string) => ({ sub: 'alice', aud: audience, exp: inAnHour() });
export const unsigned = (audience: string) => `${part({ alg: 'none' })}.${part(aliceAt(audience))}.`;

/** What a user's backend would show to another one. */
export const peerToken = (from: User, to: string, as = from.name): Promise<string> =>
  makePeerToken(userId.parse(as), userId.parse(to), loadOrMakePeerKey(from.folder), Date.now());

/** `401 bad_token` */
export async function answered(asked: ReturnType<User['ask']>): Promise<string> {
  const { status, body } = await asked;
  const code = typeof body === 'object' && body !== null && 'code' in body ? ` ${body.code}` : '';
  return `${status}${code}`;
}

/** The word with which a relay lets nobody in. */
export async function refusedHandshake(puppet: Puppet): Promise<unknown> {
  const { data } = await puppet.next('connect_error');
  return typeof data === 'object' && data !== null && 'code' in data ? data.code : data;
}

/** The status of a WebSocket upgrade, or the code with which the open socket is closed. */
export function upgrade(url: string, headers: Record<string, string> = {}): Promise<number> {
  const socket = new WebSocket(url.replace('http', 'ws'), { headers });
  onTestFinished(() => socket.terminate());
  const { promise, resolve } = Promise.withResolvers<number>();
  socket.on('error', () => {});
  socket.on('unexpected-response', (_, response) => resolve(response.statusCode ?? 0));
  socket.on('close', (code) => resolve(code));
  return promise;
}

/** alice shares berlin with bob and carol, who know one another too. */
export async function threeFriends() {
  const relay = await startRelay();
  const [alice, bob, carol] = await friendsOf(relay, 'alice', 'bob', 'carol');
  await alice.create('berlin');
  const shared = await alice.share('berlin', 'bob', 'carol');
  await Promise.all([bob.step('stored', shared), carol.step('stored', shared)]);
  return { relay, alice, bob, carol };
}

/** What carol's backend makes of an event that bob's puts on the wire by itself. */
export async function forged(event: Record<string, unknown>, by: 'bob' | 'carol', to: 'alice' | 'carol') {
  const people = await threeFriends();
  const id = 'forged';
  await people[by].backend.emit({ id, to_users: [to], ...event });
  await people[to].step('committed', id);
  const { records } = await people[to].inbox();
  const found = records.find((record) => record.event.id === id);
  return { people, word: `${found?.outcome} ${found?.code}` };
}

/** What a backend puts on the wire for a comment. */
export const aComment = (by: 'bob' | 'carol', text: string) => ({
  type: 'comment_added',
  data: {
    position_id: 'berlin',
    comment: {
      id: 'c1',
      text,
      user: { id: by, display_name: by },
      created_at: new Date().toISOString(),
    },
  },
});

/** A server that nobody from outside may reach. */
export async function innerServer() {
  let requests = 0;
  const server = createServer((_, response) => {
    requests += 1;
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"secret":true}');
  });
  const { url } = await listen(server, { host: '127.0.0.1', port: 0, what: 'The inner server' });
  onTestFinished(() => void server.close());
  return { url, requests: () => requests };
}

/** How bob's fetch of what alice shares ends, where alice's backend says that it is at `publicUrl`. */
export async function fetched(publicUrl: string, bobs: { allow_private: boolean }) {
  const relay = await startRelay();
  const alice = await startUser('alice', { relay, friends: ['bob'], config: { public_url: publicUrl } });
  const bob = await startUser('bob', { relay, friends: ['alice'], config: bobs });
  await alice.create('berlin');
  const told = await bob.step('fetched', await alice.share('berlin', 'bob'));
  return 'code' in told ? told.code : 'nothing';
}
