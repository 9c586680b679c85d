import { decodeJwt } from 'jose';
import { verifyPeerToken } from '../../../client/peer-token.ts';
import { peerTokenSeconds } from '../../../protocol/tokens.ts';
import type { Bench } from '../../bench/bench.ts';
import { Blocked, type Check } from '../../check.ts';
import { expectThat, heldCopy } from '../expect.ts';
import { isAbout } from './answered-with.ts';

/** By which token it asks. */
export const fetchTokenChecks: readonly Check[] = [
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
];

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
