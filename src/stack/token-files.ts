import type { UserId } from '../protocol/ids.ts';
import { relayAudience } from '../protocol/tokens.ts';
import type { Issuer } from './issuer.ts';
import type { Secrets } from './secrets.ts';

/** The relay tokens of a run's users, each in a file that always holds one with at least half of its life to come. */
export interface TokenFiles extends Disposable {
  /** Writes a user's file anew and answers where it is. */
  fileFor(user: UserId): Promise<string>;
}

export interface TokenFilesOptions {
  readonly issuer: Pick<Issuer, 'tokenFor'>;
  readonly secrets: Pick<Secrets, 'write'>;
  /** How long a token is good for. */
  readonly seconds: number;
  readonly onTrouble: (user: UserId, error: unknown) => void;
}

/** By the clock on the wall, which goes on while a machine sleeps, unlike a timer. */
const lookEveryMs = 30_000;

export function keepTokens({ issuer, secrets, seconds, onTrouble }: TokenFilesOptions): TokenFiles {
  const renewAt = new Map<UserId, number>();
  const halfLifeMs = seconds * 500;

  async function write(user: UserId): Promise<string> {
    renewAt.set(user, Date.now() + halfLifeMs);
    return secrets.write(`${user}.token`, `${await issuer.tokenFor(user, relayAudience, seconds)}\n`);
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
