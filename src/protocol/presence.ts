import { z } from 'zod';
import { timestamp, userId } from './ids.ts';

/** A user's public key for peer tokens: an Ed25519 JWK (RFC 8037). */
export const peerKey = z.object({
  kty: z.literal('OKP'),
  crv: z.literal('Ed25519'),
  x: z.string().regex(/^[A-Za-z0-9_-]{43}$/, 'an Ed25519 public key is 32 bytes in base64url'),
});
export type PeerKey = z.infer<typeof peerKey>;

export const onlineStatus = z.enum(['online', 'offline']);
export type OnlineStatus = z.infer<typeof onlineStatus>;

/** Told to mutual friends only. `backend_url` is the registered origin to which every `share_url` is held. */
export const presence = z.object({
  user_id: userId,
  status: onlineStatus,
  display_name: z.string(),
  last_seen: timestamp,
  backend_url: z.string().optional(),
  peer_key: peerKey.optional(),
});
export type Presence = z.infer<typeof presence>;
