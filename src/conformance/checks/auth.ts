import { UnsecuredJWT } from 'jose';
import { backendAudience, relayAudience } from '../../protocol/tokens.ts';
import type { Check } from '../check.ts';
import { ideas } from './expect.ts';

/** The doors of the owner: who is let in, and who is not. */
export const authChecks: readonly Check[] = [
  {
    id: 'auth.no-token',
    level: 'must',
    section: '4',
    title: 'a request without a token is 401',
    async run({ owner }) {
      (await owner.askAs({ path: ideas })).expect(401);
      const body = { user_id: 'somebody' };
      (await owner.askAs({ method: 'POST', path: '/api/v1/friends', body })).expect(401);
    },
  },
  {
    id: 'auth.garbage',
    level: 'must',
    section: '4',
    title: 'a token that is none is 401',
    async run({ owner }) {
      (await owner.askAs({ path: ideas, token: 'not.a.token', as: 'the token "not.a.token"' })).expect(401);
    },
  },
  {
    id: 'auth.expired',
    level: 'must',
    section: '4',
    title: 'a token that ended ten minutes ago is 401',
    async run({ owner, user, authority }) {
      const token = await authority.sign({ sub: user, aud: backendAudience(user), expiresInS: -600 });
      (await owner.askAs({ path: ideas, token, as: `${user}'s own token, expired` })).expect(401);
    },
  },
  {
    id: 'auth.aud.relay',
    level: 'must',
    section: '4',
    title: "the user's token for the relay is 401: its audience is another",
    async run({ owner, user, authority }) {
      const token = await authority.sign({ sub: user, aud: relayAudience });
      (await owner.askAs({ path: ideas, token, as: `${user}'s token for the relay` })).expect(401);
    },
  },
  {
    id: 'auth.aud.wrong-backend',
    level: 'must',
    section: '4',
    title: "a token for another user's backend is 401",
    async run({ owner, user, alice, authority }) {
      const token = await authority.sign({ sub: user, aud: backendAudience(alice.name) });
      const as = `${user}'s token for ${alice.name}'s backend`;
      (await owner.askAs({ path: ideas, token, as })).expect(401);
    },
  },
  {
    id: 'auth.signature',
    level: 'must',
    section: '7',
    title: 'a token that somebody else has signed is 401',
    async run({ owner, user, authority }) {
      const token = await authority.forge({ sub: user, aud: backendAudience(user) });
      (await owner.askAs({ path: ideas, token, as: `${user}'s token, signed with a strange key` })).expect(
        401,
      );
    },
  },
  {
    id: 'auth.alg-none',
    level: 'must',
    section: '7',
    title: 'a token with "alg": "none" is 401',
    async run({ owner, user }) {
      const token = new UnsecuredJWT({})
        .setSubject(user)
        .setAudience(backendAudience(user))
        .setExpirationTime('1h')
        .encode();
      (await owner.askAs({ path: ideas, token, as: `${user}'s token, unsigned` })).expect(401);
    },
  },
  {
    id: 'auth.sub-decides',
    level: 'must',
    section: '4',
    title: "the issuer's token for somebody else opens nothing of the owner's",
    async run({ owner, user, alice, authority }) {
      const token = await authority.sign({ sub: alice.name, aud: backendAudience(user) });
      const as = `a token of the issuer for ${alice.name}`;
      (await owner.askAs({ path: ideas, token, as })).expect(401, 403);
    },
  },
];
