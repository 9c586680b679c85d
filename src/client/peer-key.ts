import { createPrivateKey, generateKeyPairSync, type KeyObject, randomUUID } from 'node:crypto';
import { chmodSync, linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { Problem } from '../problem.ts';
import { type PeerKey, peerKey } from '../protocol/presence.ts';

/** A backend's own Ed25519 key: what others know of it, and what it signs with. */
export interface OwnPeerKey {
  readonly publicKey: PeerKey;
  readonly privateKey: KeyObject;
}

const storedKey = peerKey.extend({ d: z.string() });
const ownerOnly = 0o600;

/**
 * Loads the key of a backend from `peer-key.json` (a private JWK, RFC 8037, mode 0600) in its data folder, or makes
 * it there. Others pin the public half at first sight, so the file belongs to the database and goes where it goes.
 */
export function loadOrMakePeerKey(folder: string): OwnPeerKey {
  const file = join(folder, 'peer-key.json');
  return read(file) ?? make(file) ?? unreadable(file, undefined);
}

function read(file: string): OwnPeerKey | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    const jwk = storedKey.parse(JSON.parse(text));
    const privateKey = createPrivateKey({ key: { ...jwk }, format: 'jwk' });
    chmodSync(file, ownerOnly);
    return { publicKey: peerKey.parse(jwk), privateKey };
  } catch (error) {
    return unreadable(file, error);
  }
}

function make(file: string): OwnPeerKey | undefined {
  const { privateKey } = generateKeyPairSync('ed25519');
  const jwk = storedKey.parse(privateKey.export({ format: 'jwk' }));
  // Whole or not at all, and the first of two processes wins: a link is never made over a file that is there.
  const draft = `${file}.${randomUUID()}`;
  writeFileSync(draft, `${JSON.stringify(jwk)}\n`, { mode: ownerOnly, flag: 'wx' });
  try {
    linkSync(draft, file);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  } finally {
    rmSync(draft, { force: true });
  }
  return read(file);
}

function unreadable(file: string, cause: unknown): never {
  throw new Problem({
    code: 'peer-key-unreadable',
    message: `The key in ${file} is not a private Ed25519 key.`,
    hint: 'Put the right file back, or delete it for a new key: friends will be told that the key changed.',
    cause,
  });
}
