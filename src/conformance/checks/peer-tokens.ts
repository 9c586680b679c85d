import { SignJWT } from 'jose';
import { v4 as uuid } from 'uuid';
import { backendRoutes } from '../../protocol/backend-rest.ts';
import { backendAudience } from '../../protocol/tokens.ts';
import type { Answer } from '../bench/ask.ts';
import type { Bench } from '../bench/bench.ts';
import type { Peer } from '../bench/peer.ts';
import type { Check } from '../check.ts';
import { fieldsOf, ideas, ownPosition, sharedPosition } from './expect.ts';

const readPosition = backendRoutes.readPosition.answer;
const listShares = backendRoutes.listShares.answer;

/** What a friend's backend may ask, and what not. */
export const peerTokenChecks: readonly Check[] = [
  {
    id: 'peer.reads-shared',
    level: 'must',
    section: '4',
    title: 'a peer may GET what is shared with it, with the comments',
    async run(bench) {
      const { owner, alice } = bench;
      const { id } = await sharedPosition(bench, [alice]);
      await owner.comment(id, 'For everybody');
      const answer = (await asPeer(bench, alice, `${ideas}/${id}`)).expect(200);
      const { comments } = answer.as(readPosition);
      if (comments?.[0]?.text !== 'For everybody') throw answer.broken('the position with its comments');
    },
  },
  {
    id: 'peer.sees-no-readers',
    level: 'must',
    section: '4',
    title: 'shared_with is for the owner only',
    async run(bench) {
      const { alice, dave } = bench;
      const { id } = await sharedPosition(bench, [alice, dave]);
      const answer = (await asPeer(bench, alice, `${ideas}/${id}`)).expect(200);
      if ('shared_with' in fieldsOf(answer)) throw answer.broken('no shared_with');
    },
  },
  {
    id: 'peer.not-shared-is-404',
    level: 'must',
    section: '4',
    title: 'what is not shared with the peer is the same 404 as what nobody knows',
    async run(bench) {
      const { alice, dave } = bench;
      const { id } = await sharedPosition(bench, [dave]);
      const hidden = (await asPeer(bench, alice, `${ideas}/${id}`)).expect(404);
      const unknown = (await asPeer(bench, alice, `${ideas}/${bench.id('nowhere')}`)).expect(404);
      const [one, other] = [hidden, unknown].map((answer) => withoutNames(answer));
      if (one !== other) throw hidden.broken(`the body of an unknown one: ${unknown.text.slice(0, 200)}`);
    },
  },
  {
    id: 'peer.revoked-is-404',
    level: 'must',
    section: '4',
    title: 'after a revoke the peer gets 404',
    async run(bench) {
      const { owner, alice } = bench;
      const { id } = await sharedPosition(bench, [alice]);
      await owner.revoke(id, alice.name);
      (await asPeer(bench, alice, `${ideas}/${id}`)).expect(404);
    },
  },
  {
    id: 'peer.copies-are-not-passed-on',
    level: 'must',
    section: '4',
    title: "a peer may not read the user's copies of others' positions",
    async run(bench) {
      const { alice, dave, owner } = bench;
      const entry = alice.grant(bench.id('shared'));
      await alice.tell(alice.shared(entry), 'delivered');
      await owner.untilRead(entry.position.id, 'the copy', ({ status }) => status === 200);
      (await asPeer(bench, dave, `${ideas}/${entry.position.id}`)).expect(404);
    },
  },
  {
    id: 'peer.may-only-get',
    level: 'must',
    section: '4',
    title: 'a peer may change nothing: no PATCH, share, comment, or friend',
    async run(bench) {
      const { owner, alice } = bench;
      const { id } = await sharedPosition(bench, [alice], { notes: 'Before' });
      const acts = [
        { method: 'PATCH', path: `${ideas}/${id}`, body: { notes: 'After' } },
        { method: 'POST', path: ideas, body: { symbol: 'SAP' } },
        { method: 'POST', path: `${ideas}/${id}/share`, body: { friend_ids: [alice.name] } },
        { method: 'POST', path: `${ideas}/${id}/comments`, body: { text: 'By the side door' } },
        { method: 'DELETE', path: `${ideas}/${id}/share/${alice.name}`, body: undefined },
        { method: 'POST', path: '/api/v1/friends', body: { user_id: 'mallory' } },
      ] as const;
      for (const act of acts) {
        const token = await alice.peerToken();
        (await owner.askAs({ ...act, token, as: `${alice.name}'s peer token` })).expect(401, 403, 404);
      }
      const after = (await owner.read(id)).expect(200);
      if (fieldsOf(after).notes !== 'Before') throw after.broken('the notes as they were');
    },
  },
  {
    id: 'peer.no-lists',
    level: 'must',
    section: '4',
    title: "a peer sees none of the user's lists: positions, friends, notifications, outbox",
    async run(bench) {
      for (const path of [ideas, '/api/v1/friends', '/api/v1/notifications', '/api/v1/outbox']) {
        (await asPeer(bench, bench.alice, path)).expect(401, 403, 404);
      }
    },
  },
  {
    id: 'peer.shares',
    level: 'must',
    section: '4',
    title: '/api/collab/shares lists what is shared with the caller, and nothing else',
    async run(bench) {
      const { owner, alice, dave } = bench;
      const mine = await sharedPosition(bench, [alice]);
      const other = await sharedPosition(bench, [dave]);
      const hidden = await ownPosition(bench);
      const comment = bench.id('comment');
      await owner.comment(mine.id, 'Seen', comment);
      const answer = (await asPeer(bench, alice, '/api/collab/shares')).expect(200);
      const offers = answer.as(listShares);
      const offer = offers.find(({ position_id }) => position_id === mine.id);
      const right = offer?.version === 1 && offer.comment_ids.some((id) => id === comment);
      if (!right) throw answer.broken(`${mine.id} in version 1 with the comment ${comment}`);
      if (offers.some(({ position_id }) => position_id === other.id || position_id === hidden.id)) {
        throw answer.broken(`nothing that is not shared with ${alice.name}`);
      }
    },
  },
  {
    id: 'peer.stranger',
    level: 'must',
    section: '4',
    title: 'a stranger gets nothing, also with a token of the right form',
    async run(bench) {
      const { id } = await sharedPosition(bench, [bench.alice]);
      (await asPeer(bench, bench.carol, `${ideas}/${id}`)).expect(401, 403, 404);
    },
  },
  {
    id: 'peer.token.signature',
    level: 'must',
    section: '4',
    title: "a peer token that another key has signed than the peer's is 401",
    async run(bench) {
      const { alice, carol } = bench;
      await refused(bench, 'signed with another key', { key: carol.key.privateKey, caller: alice.name });
    },
  },
  {
    id: 'peer.token.audience',
    level: 'must',
    section: '4',
    title: 'a peer token for another backend is 401: what one gets is useless against a third',
    async run(bench) {
      const { alice, dave } = bench;
      await refused(bench, `for ${dave.name}'s backend`, {
        aud: backendAudience(dave.name),
        caller: alice.name,
      });
    },
  },
  {
    id: 'peer.token.expired',
    level: 'must',
    section: '4',
    title: 'a peer token that ended ten minutes ago is 401',
    async run(bench) {
      await refused(bench, 'expired', { from: -660, to: -600 });
    },
  },
  {
    id: 'peer.token.max-60s',
    level: 'must',
    section: '4',
    title: 'a peer token that is good for more than 60 s is 401',
    async run(bench) {
      await refused(bench, 'good for an hour', { to: 3600 });
    },
  },
  {
    id: 'peer.token.issuer',
    level: 'must',
    section: '4',
    title: 'a peer token whose iss is not its sub is 401',
    async run(bench) {
      await refused(bench, `issued by ${bench.dave.name}`, { iss: bench.dave.name });
    },
  },
];

async function asPeer({ owner }: Bench, peer: Peer, path: string): Promise<Answer> {
  return owner.askAs({ path, token: await peer.peerToken(), as: `${peer.name}'s peer token` });
}

/** The text of an answer without ids, which may well be in it. */
const withoutNames = ({ text }: Answer): string => text.replace(/[\w-]*[0-9a-f]{8}-[0-9a-f-]{20,}/g, '…');

interface Twist {
  readonly caller?: string;
  readonly iss?: string;
  readonly aud?: string;
  readonly key?: Peer['key']['privateKey'];
  /** Its begin and its end, in seconds from now. */
  readonly from?: number;
  readonly to?: number;
}

/** A token of alice's that is right but for one thing opens nothing, where the right one does. */
async function refused(bench: Bench, how: string, twist: Twist): Promise<void> {
  const { owner, alice, user } = bench;
  const { id } = await sharedPosition(bench, [alice]);
  const { caller = alice.name, iss = caller, aud = backendAudience(user), from = 0, to = 60 } = twist;
  const now = Math.floor(Date.now() / 1000);
  const token = await new SignJWT()
    .setProtectedHeader({ alg: 'EdDSA' })
    .setIssuer(iss)
    .setSubject(caller)
    .setAudience(aud)
    .setIssuedAt(now + from)
    .setExpirationTime(now + to)
    .setJti(uuid())
    .sign(twist.key ?? alice.key.privateKey);
  const as = `${alice.name}'s peer token, ${how}`;
  (await owner.askAs({ path: `${ideas}/${id}`, token, as })).expect(401);
}
