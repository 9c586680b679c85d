import { get as getHttp, type IncomingMessage } from 'node:http';
import { get as getHttps } from 'node:https';
import type { JWSHeaderParameters } from 'jose';
import { z } from 'zod';
import { messageOf } from '../problem.ts';
import {
  candidates,
  issuerKey,
  KeysUnavailable,
  type PinnedKey,
  type PublishedKeys,
  pinnedKey,
} from '../protocol/issuer-keys.ts';

export interface RemoteKeysOptions {
  readonly url: string;
  /** Told when keys could not be had. */
  readonly onTrouble: (text: string) => void;
  readonly rules?: Partial<RemoteKeysRules>;
}

/** Times in milliseconds, sizes in bytes. */
export interface RemoteKeysRules {
  /** For everything together: connection, head and body. */
  readonly timeoutMs: number;
  readonly maxBytes: number;
  /** Of a set, the rest is not looked at. */
  readonly maxKeys: number;
  /** Keys that are older are asked for again; they serve on while the issuer does not answer, until `staleMs`. */
  readonly freshMs: number;
  readonly staleMs: number;
  /** Between two requests, whatever tokens come in: naming unknown keys must not make us a flood. */
  readonly cooldownMs: number;
}

const usualRules: RemoteKeysRules = {
  timeoutMs: 5000,
  maxBytes: 256 * 1024,
  maxKeys: 64,
  freshMs: 10 * 60_000,
  staleMs: 60 * 60_000,
  cooldownMs: 30_000,
};

const keySet = z.object({ keys: z.array(z.unknown()) });

/**
 * The keys that an issuer publishes at a URL (RFC 7517), fetched when they are first needed and again when they are old
 * or a token names another one: so a rotated key is found, and a withdrawn one forgotten. One request at a time, no
 * redirects. Keys of kinds that we do not verify with are left out.
 */
export class RemoteKeys implements PublishedKeys, Disposable {
  readonly #url: URL;
  readonly #rules: RemoteKeysRules;
  readonly #onTrouble: (text: string) => void;
  readonly #closing = new AbortController();
  #keys: readonly PinnedKey[] = [];
  #fetchedAt = Number.NEGATIVE_INFINITY;
  #askedAt = Number.NEGATIVE_INFINITY;
  #asking: Promise<boolean> | undefined;

  constructor({ url, onTrouble, rules }: RemoteKeysOptions) {
    this.#url = new URL(url);
    this.#onTrouble = onTrouble;
    this.#rules = { ...usualRules, ...rules };
  }

  async find(header: JWSHeaderParameters): Promise<readonly PinnedKey[]> {
    const { freshMs, staleMs } = this.#rules;
    if (this.#age() > freshMs) await this.#ask();
    // Who waits and comes again is told the truth then; sent away for good, a good user would never learn of it.
    if (this.#isNew(header) && !(await this.#ask())) throw new KeysUnavailable('asked only just now');
    if (this.#age() > staleMs) throw new KeysUnavailable(`${this.#url.host} gives no keys`);
    return candidates(this.#keys, header);
  }

  /** It names a key that is not in the set as we know it. */
  #isNew({ kid, alg }: JWSHeaderParameters): boolean {
    return kid !== undefined && isAsymmetric(alg) && !this.#keys.some((key) => key.kid === kid);
  }

  #age(): number {
    return performance.now() - this.#fetchedAt;
  }

  /** False: it is too soon, or there was no usable answer. */
  async #ask(): Promise<boolean> {
    if (this.#asking) return this.#asking;
    const now = performance.now();
    if (now - this.#askedAt < this.#rules.cooldownMs) return false;
    this.#askedAt = now;
    this.#asking = this.#refetch().finally(() => {
      this.#asking = undefined;
    });
    return this.#asking;
  }

  async #refetch(): Promise<boolean> {
    const { timeoutMs, maxBytes, maxKeys } = this.#rules;
    try {
      const signal = AbortSignal.any([AbortSignal.timeout(timeoutMs), this.#closing.signal]);
      const { keys } = keySet.parse(JSON.parse(await download(this.#url, maxBytes, signal)));
      this.#keys = keys.slice(0, maxKeys).flatMap((raw) => {
        const key = issuerKey.safeParse(raw);
        return key.success ? [pinnedKey(key.data)] : [];
      });
      this.#fetchedAt = performance.now();
      return true;
    } catch (error) {
      if (this.#closing.signal.aborted) return false;
      const why = error instanceof z.ZodError ? 'the answer is no key set' : messageOf(error);
      this.#onTrouble(`The keys of the token issuer at ${this.#url.host} cannot be had: ${why}`);
      return false;
    }
  }

  [Symbol.dispose](): void {
    this.#closing.abort();
  }
}

const isAsymmetric = (alg: string | undefined): boolean => /^(RS|PS|ES|Ed)/.test(alg ?? '');

async function download(url: URL, maxBytes: number, signal: AbortSignal): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const get = url.protocol === 'https:' ? getHttps : getHttp;
  const headers = { accept: 'application/json, application/jwk-set+json' };
  get(url, { agent: false, signal, headers }, resolve).on('error', reject);
  const response = await promise;
  try {
    if (response.statusCode !== 200) throw new Error(`it answers ${response.statusCode}`);
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of response) {
      const bytes = Buffer.from(chunk);
      size += bytes.byteLength;
      if (size > maxBytes) throw new Error(`it answers with more than ${maxBytes} bytes`);
      chunks.push(bytes);
    }
    return Buffer.concat(chunks).toString('utf8');
  } finally {
    response.destroy();
  }
}
