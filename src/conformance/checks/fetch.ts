import { setTimeout as wait } from 'node:timers/promises';
import { decodeJwt } from 'jose';
import { verifyPeerToken } from '../../client/peer-token.ts';
import { peerTokenSeconds } from '../../protocol/tokens.ts';
import type { Bench } from '../bench/bench.ts';
import type { BookEntry } from '../bench/peer-book.ts';
import type { PeerReply } from '../bench/peer-face.ts';
import { Blocked, type Check, given } from '../check.ts';
import { aComment, expectThat, fieldsOf, heldCopy, ideas, sharedPosition } from './expect.ts';

/** Whoever asks again at all does so within this time mostly, in milliseconds. */
const lookMs = 1200;
/** What is taken, or followed, is so at once: this much behind what was asked for after it, in milliseconds. */
const behindMs = 200;

/** How it fetches what others share: with a token for them alone, in its own time, and trusting nobody. */
export const fetchChecks: readonly Check[] = [
  {
    id: 'fetch.token.signed',
    level: 'must',
    section: '4',
    title: 'it asks with a peer token that its own key, as presence shows it, has signed',
    async run(bench) {
      const { alice, user } = bench;
      const token = await tokenShown(bench);
      const key = alice.line.presence.all.findLast(({ user_id }) => user_id === user)?.peer_key;
      const verified = await verifyPeerToken(token, alice.name, () => key);
      expectThat(
        verified.ok,
        `the token that ${alice.name} was shown`,
        { claims: decodeJwt(token), key },
        'EdDSA by peer_key, with iss = sub, aud, exp and jti',
      );
    },
  },
  {
    id: 'fetch.token.audience',
    level: 'must',
    section: '4',
    title: 'its peer token is for the one backend that it asks',
    async run(bench) {
      const { aud } = decodeJwt(await tokenShown(bench));
      const wanted = `collab-backend:${bench.alice.name}`;
      expectThat(String(aud) === wanted, `the token that ${bench.alice.name} was shown`, { aud }, wanted);
    },
  },
  {
    id: 'fetch.token.max-60s',
    level: 'must',
    section: '4',
    title: 'its peer token is good for at most 60 s',
    async run(bench) {
      const { iat, exp } = decodeJwt(await tokenShown(bench));
      const short = iat !== undefined && exp !== undefined && exp - iat <= peerTokenSeconds;
      expectThat(short, `the token that ${bench.alice.name} was shown`, { iat, exp }, 'exp at most iat + 60');
    },
  },
  {
    id: 'fetch.outside-the-stream',
    level: 'must',
    section: '6',
    title: 'a share is acknowledged before it is fetched, and a slow fetch holds nothing up',
    async run(bench) {
      const { alice } = bench;
      const copy = await heldCopy(bench, alice);
      const slow = alice.grant(bench.id('slow'));
      const released = Promise.withResolvers<undefined>();
      using _stand = alice.face.stand(({ path }) =>
        path.includes(slow.position.id) ? released.promise : undefined,
      );
      try {
        await alice.tell(alice.shared(slow), 'delivered');
        const comment = aComment(bench.id('comment'), alice.name);
        copy.comments.push(comment);
        await alice.tell(alice.commented(copy, comment), 'delivered');
      } finally {
        released.resolve(undefined);
      }
    },
  },
  {
    id: 'fetch.again-after-503',
    level: 'must',
    section: '6',
    title: 'a fetch that is answered 503 is tried again',
    run: (bench) => comesAfter(bench, 503),
  },
  {
    id: 'fetch.again-after-401',
    level: 'must',
    section: '6',
    title: 'a fetch that is answered 401 is tried again',
    run: (bench) => comesAfter(bench, 401),
  },
  {
    id: 'fetch.404-ends',
    level: 'should',
    section: '6',
    title: 'a fetch that is answered 404 is not tried again',
    async run(bench) {
      const { alice } = bench;
      const entry = alice.grant(bench.id('gone'));
      const { id } = entry.position;
      using lie = await answeredWith(bench, entry, () => ({ status: 404, body: {} }));
      const again = await alice.face.requests.next(({ path }) => isAbout(path, id), lookMs, lie.requests);
      expectThat(
        again === undefined,
        `GET ${ideas}/${id}, answered with 404`,
        'asked again',
        'no second request',
      );
    },
  },
  {
    id: 'fetch.revoked-meanwhile',
    level: 'must',
    section: '6',
    title: 'what is taken back while it is being fetched does not appear',
    async run(bench) {
      const { user, alice } = bench;
      const entry = alice.grant(bench.id('brief'));
      const { id } = entry.position;
      const released = Promise.withResolvers<PeerReply | undefined>();
      using _stand = alice.face.stand(({ path }) => (isAbout(path, id) ? released.promise : undefined));
      const from = alice.face.requests.all.length;
      await alice.tell(alice.shared(entry), 'delivered');
      await alice.face.requests.next(({ path }) => isAbout(path, id), bench.withinMs, from);
      const body = { ...entry.position, comments: [] };
      entry.readers.delete(user);
      await alice.tell(alice.revoked(entry), 'delivered');
      released.resolve({ status: 200, body });
      await mustNotAppear(bench, id);
    },
  },
  {
    id: 'fetch.redirect',
    level: 'must',
    section: '7',
    title: 'a redirect is not followed',
    async run(bench) {
      const { alice, dave } = bench;
      const entry = alice.grant(bench.id('elsewhere'));
      const { id } = entry.position;
      const location = `${dave.face.url}${ideas}/${id}`;
      const from = dave.face.requests.all.length;
      using _lie = await answeredWith(bench, entry, () => ({ status: 302, body: '', headers: { location } }));
      await mustNotAppear(bench, id);
      const followed = dave.face.requests.all.slice(from).find(({ path }) => isAbout(path, id));
      expectThat(followed === undefined, `302 to ${location}`, 'a request there', 'none');
    },
  },
  {
    id: 'fetch.too-big',
    level: 'must',
    section: '7',
    title: 'an answer of more than 256 KiB is not taken',
    run: (bench) =>
      notTaken(bench, (position) => ({
        status: 200,
        body: { ...position, comments: [], padding: 'x'.repeat(300 * 1024) },
      })),
  },
  {
    id: 'fetch.not-json',
    level: 'must',
    section: '7',
    title: 'an answer that is not JSON is not taken',
    run: (bench) =>
      notTaken(bench, (position) => ({
        status: 200,
        body: JSON.stringify({ ...position, comments: [] }),
        headers: { 'content-type': 'text/html' },
      })),
  },
  {
    id: 'fetch.other-position',
    level: 'must',
    section: '5',
    title: 'an answer that is another position, or of another owner, is not taken',
    async run(bench) {
      const { alice, dave } = bench;
      const victim = await heldCopy(bench, dave, { notes: 'His' });
      await notTaken(bench, (position) => ({
        status: 200,
        body: { ...position, id: victim.position.id, owner_id: dave.name, notes: 'Mine', comments: [] },
      }));
      const after = (await bench.owner.read(victim.position.id)).expect(200);
      if (fieldsOf(after).notes !== 'His')
        throw after.broken(`the copy as ${dave.name} shares it, not ${alice.name}`);
    },
  },
  {
    id: 'fetch.relay.answers',
    level: 'should',
    section: '6',
    title: 'a collab_fetch that comes through the relay is answered as the GET would be',
    async run(bench) {
      const { user, alice, withinMs } = bench;
      const { id } = await sharedPosition(bench, [alice]);
      const path = `${ideas}/${id}`;
      const result = await alice.line.fetch(user, path, await alice.peerToken(), withinMs);
      expectThat(result?.status === 200, `collab_fetch ${path}`, result, 'status 200 and the position');
      const hidden = `${ideas}/${bench.id('nowhere')}`;
      const none = await alice.line.fetch(user, hidden, await alice.peerToken(), withinMs);
      expectThat(none?.status === 404, `collab_fetch ${hidden}`, none, 'status 404');
    },
  },
  {
    id: 'fetch.relay.gate',
    level: 'must',
    section: '6',
    title: 'through the relay nobody gets what a GET would not give',
    async run(bench) {
      const { user, alice, dave, withinMs } = bench;
      const { id } = await sharedPosition(bench, [dave]);
      const token = await alice.peerToken();
      for (const path of [`${ideas}/${id}`, '/api/v1/notifications', '/api/v1/outbox']) {
        const result = await alice.line.fetch(user, path, token, Math.min(withinMs, lookMs));
        expectThat(result?.status !== 200, `collab_fetch ${path}`, result, 'no 200');
      }
    },
  },
  {
    id: 'fetch.relay.asks',
    level: 'should',
    section: '6',
    title: 'a friend who cannot be connected to is asked through the relay',
    async run(bench) {
      const { owner, alice } = bench;
      const entry = alice.grant(bench.id('behind-nat'));
      await using _shut = await alice.face.shut();
      await alice.tell(alice.shared(entry), 'delivered');
      await owner.untilRead(entry.position.id, 'the copy, by collab_fetch', ({ status }) => status === 200);
    },
  },
];

const isAbout = (path: string, id: string): boolean => path === `${ideas}/${id}`;

/** The token of one fetch. */
async function tokenShown(bench: Bench): Promise<string> {
  const { alice } = bench;
  const { position } = await heldCopy(bench, alice);
  const request = alice.face.requests.all.findLast(({ path }) => isAbout(path, position.id));
  if (!request) throw new Blocked(`${alice.name} was not asked for what it shares`);
  const { token } = request;
  expectThat(token !== undefined, `GET ${request.path}`, 'no Authorization', 'a bearer token');
  return token;
}

/** The first answer is that status, all others the truth. */
async function comesAfter(bench: Bench, status: number): Promise<void> {
  const { owner, alice } = bench;
  const entry = alice.grant(bench.id('hard-to-get'));
  const { id } = entry.position;
  let asked = 0;
  using _stand = alice.face.stand(({ path }) => {
    if (!isAbout(path, id)) return undefined;
    asked += 1;
    return asked === 1 ? { status, body: {} } : undefined;
  });
  await alice.tell(alice.shared(entry), 'delivered');
  await owner.untilRead(id, `the copy, after a first answer of ${status}`, (answer) => answer.status === 200);
}

/**
 * Shares a position whose fetch is answered so, until it is disposed of, and waits for the first time. From then on it
 * is not shared any more, as far as alice is concerned.
 */
async function answeredWith(
  { user, alice, withinMs }: Bench,
  entry: BookEntry,
  reply: () => PeerReply,
): Promise<Disposable & { readonly requests: number }> {
  const { id } = entry.position;
  using stack = new DisposableStack();
  stack.use(alice.face.stand(({ path }) => (isAbout(path, id) ? reply() : undefined)));
  const from = alice.face.requests.all.length;
  await given('receiving a share', alice.tell(alice.shared(entry), 'delivered'));
  const asked = await alice.face.requests.next(({ path }) => isAbout(path, id), withinMs, from);
  entry.readers.delete(user);
  if (!asked) throw new Blocked(`${alice.name} was not asked for what it shares`);
  const requests = alice.face.requests.all.length;
  const owned = stack.move();
  return { requests, [Symbol.dispose]: () => owned.dispose() };
}

async function notTaken(
  bench: Bench,
  reply: (position: Record<string, unknown>) => PeerReply,
): Promise<void> {
  const entry = bench.alice.grant(bench.id('lie'));
  using _lie = await answeredWith(bench, entry, () => reply({ ...entry.position }));
  await mustNotAppear(bench, entry.position.id);
}

/** Nothing of it shows, also after something that was asked for later is there. */
async function mustNotAppear(bench: Bench, id: string): Promise<void> {
  await heldCopy(bench, bench.alice);
  await wait(behindMs);
  (await bench.owner.read(id)).expect(404);
}
