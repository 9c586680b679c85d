import type { UserId } from '../protocol/ids.ts';
import type { Issuer } from './issuer.ts';
import type { Secrets } from './secrets.ts';

/** One token for each of a run's users, in a file that always holds one with at least half of its life to come. */
export interface TokenFiles extends Disposable {
  /** Writes a user's file anew and answers where it is. */
  fileFor(user: UserId): Promise<string>;
}

export interface TokenFilesOptions {
  readonly issuer: Pick<Issuer, 'tokenFor'>;
  readonly secrets: Pick<Secrets, 'write'>;
  /** How long a token is good for. */
  readonly seconds: number;
  readonly audienceOf: (user: UserId) => string;
  /** The name of a user's file, and what is in it. */
  readonly nameOf: (user: UserId) => string;
  readonly textOf: (user: UserId, token: string) => string;
  readonly onTrouble: (user: UserId, error: unknown) => void;
}

/** By the clock on the wall, which goes on while a machine sleeps, unlike a timer. */
const lookEveryMs = 30_000;

export function keepTokens({
  issuer,
  secrets,
  seconds,
  audienceOf,
  nameOf,
  textOf,
  onTrouble,
}: TokenFilesOptions): TokenFiles {
  const renewAt = new Map<UserId, number>();
  const halfLifeMs = seconds * 500;

  async function write(user: UserId): Promise<string> {
    renewAt.set(user, Date.now() + halfLifeMs);
    const token = await issuer.tokenFor(user, audienceOf(user), seconds);
    return secrets.write(nameOf(user), textOf(user, token));
  }

  const timer = setInterval(
    () => {
      for (const [user, at] of renewAt) {
        if (at <= Date.now()) write(user).catch((error: unknown) => onTrouble(user, error));
      }
    },
    Math.min(lookEveryMs, halfLifeMs / 2),
  ).unref();

  return {
    fileFor: write,
    [Symbol.dispose]: () => clearInterval(timer),
  };
}
