import { z } from 'zod';
import { userId } from './ids.ts';
import { peerKey } from './presence.ts';

/** A backend's public address: an http(s) origin or a URL below it, without credentials. */
export const backendUrl = z
  .url({ protocol: /^https?$/ })
  .max(2048)
  .refine(
    (url) => !URL.canParse(url) || new URL(url).username === '',
    'a backend URL carries no credentials',
  );

const words = (value: unknown): unknown =>
  typeof value === 'string' ? value.split(',').filter((word) => word !== '') : value;
const flag = (value: unknown): unknown => (value === 'true' ? true : value === 'false' ? false : value);
const number = (value: unknown): unknown =>
  typeof value === 'string' && value !== '' ? Number(value) : value;
const json = (value: unknown): unknown => {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
};

/**
 * Who connects, as the Socket.IO `auth` object or as the brief's `query` (where everything is text, lists with commas).
 * `friends` absent is not `[]`: a token's claim counts only if none was declared. `instance` names one running copy of
 * a backend, `attempt` counts its connections, so that a late older one can be told from a newer copy.
 */
export const handshake = z.object({
  token: z.string().min(1).max(8192).optional(),
  user_id: userId.optional(),
  backend_url: backendUrl.optional(),
  display_name: z.string().min(1).max(120).optional(),
  friends: z.preprocess(words, z.array(userId).max(2000)).optional(),
  leaving: z.preprocess(words, z.array(userId).max(2000)).optional(),
  peer_key: z.preprocess(json, peerKey).optional(),
  acks: z.preprocess(flag, z.boolean()).optional(),
  instance: z.string().max(64).optional(),
  attempt: z.preprocess(number, z.int().min(0)).optional(),
});
export type Handshake = z.infer<typeof handshake>;

/** Replaces the lists of a connection: to `leaving` only `share_revoked` passes. */
export const friendsDeclaration = z.object({
  friends: z.array(userId).max(2000),
  leaving: z.array(userId).max(2000).default([]),
});
export type FriendsDeclaration = z.infer<typeof friendsDeclaration>;

export const authRefresh = z.object({ token: z.string().min(1).max(8192) });
export type AuthRefresh = z.infer<typeof authRefresh>;

export const authRefreshReply = z.object({
  ok: z.boolean(),
  code: z.string().optional(),
  expires_at: z.string().optional(),
});
export type AuthRefreshReply = z.infer<typeof authRefreshReply>;
