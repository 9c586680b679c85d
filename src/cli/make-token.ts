import { SignJWT } from 'jose';
import { Problem } from '../problem.ts';
import type { UserId } from '../protocol/ids.ts';
import { trust } from '../protocol/tokens.ts';
import { pickLiveRun } from './live-runs.ts';
import { reachRun } from './reach-run.ts';

/** The token that somebody wants. */
export interface TokenWish {
  readonly user: UserId;
  readonly audience: string;
  readonly seconds: number;
}

/**
 * Has the issuer of a run sign it: only its supervisor holds that key, in memory.
 * @throws Problem where no such run is alive
 */
export async function askForToken(
  { user, audience, seconds }: TokenWish,
  cwd: string,
  run: string | undefined,
): Promise<string> {
  const live = await pickLiveRun(cwd, run);
  await using client = await reachRun(live);
  const { token } = await client.command({ name: 'token', user, audience, expires_in_s: seconds });
  if (token === undefined) throw notAlive(live.id);
  return token;
}

/**
 * Signs it with a secret (HS256).
 * @throws Problem for a secret that no relay would take
 */
export async function signToken({ user, audience, seconds }: TokenWish, secret: string): Promise<string> {
  if (!trust.shape.hs256_secret.safeParse(secret).success) throw shortSecret();
  const now = Math.floor(Date.now() / 1000);
  return new SignJWT()
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setSubject(user)
    .setAudience(audience)
    .setIssuedAt(now)
    .setExpirationTime(now + seconds)
    .sign(new TextEncoder().encode(secret));
}

const notAlive = (run: string) =>
  new Problem({
    code: 'no-supervisor',
    message: `Run ${run} has ended, and its issuer with it.`,
    hint: 'Start one with "collab-dev up", or set COLLAB_JWT_SECRET to the secret that your relay believes.',
    exit: 2,
  });

const shortSecret = () =>
  new Problem({
    code: 'short-secret',
    message: 'COLLAB_JWT_SECRET needs at least 32 characters.',
    hint: 'Make one with "openssl rand -base64 32".',
    exit: 2,
  });
