import { SignJWT } from 'jose';
import { secret } from './relay-process.ts';

/** Of an issuer whom the relay believes; attackers have good ones too. */
export const tokenFor = (user: string): Promise<string> =>
  new SignJWT()
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(user)
    .setAudience('collab-relay')
    .setExpirationTime('1h')
    .sign(new TextEncoder().encode(secret));
