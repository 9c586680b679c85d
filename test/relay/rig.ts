import { SignJWT } from 'jose';
import { io, type ManagerOptions, type Socket, type SocketOptions } from 'socket.io-client';
import { onTestFinished } from 'vitest';
import type { z } from 'zod';
import type { SubmitReply } from '../../src/protocol/receipts.ts';
import type { Happening } from '../../src/protocol/records.ts';
import { relayConfig } from '../../src/protocol/relay-config.ts';
import { type OpenRelayOptions, openRelay, type Relay } from '../../src/relay/relay.ts';
import { type Recording, recorder } from './recorder.ts';

export const secret = 'a secret that only this test knows';

/** A relay on a free port that lives as long as the test, with everything that it told. */
export async function startRelay(
  config: Partial<z.input<typeof relayConfig>> = {},
  options: Pick<OpenRelayOptions, 'bus'> = {},
): Promise<Relay & { readonly told: Happening[] }> {
  const told: Happening[] = [];
  const relay = await openRelay(
    relayConfig.parse({
      port: 0,
      trust: { hs256_secret: secret },
      grace_ms: 50,
      unavailable_after_ms: 20,
      ...config,
    }),
    { ...options, tell: (happening) => told.push(happening) },
  );
  onTestFinished(() => relay[Symbol.asyncDispose]());
  return Object.assign(relay, { told });
}

/** The relay of the brief: no tokens, on this machine only. */
export const startInsecureRelay = (config: Partial<z.input<typeof relayConfig>> = {}) =>
  startRelay({ trust: { insecure: true }, ...config });

export interface TokenOptions {
  readonly audience?: string;
  readonly expiresInS?: number;
  readonly claims?: Record<string, unknown>;
}

export function tokenFor(
  user: string,
  { audience = 'collab-relay', expiresInS = 600, claims = {} }: TokenOptions = {},
): Promise<string> {
  return new SignJWT(claims)
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(user)
    .setAudience(audience)
    .setExpirationTime(Math.floor(Date.now() / 1000) + expiresInS)
    .sign(new TextEncoder().encode(secret));
}

/** A stock Socket.IO client with everything that it received, in order. */
export interface Puppet extends Recording {
  readonly socket: Socket;
  submit(event: unknown): Promise<SubmitReply>;
}

/** Connects with these options as they are; does not wait. */
export function dial(relay: Relay, options: Partial<ManagerOptions & SocketOptions>): Puppet {
  const socket = io(relay.url, {
    transports: ['websocket'],
    forceNew: true,
    reconnectionDelay: 20,
    reconnectionDelayMax: 40,
    ...options,
  });
  onTestFinished(() => {
    socket.disconnect();
  });
  const { record, recording } = recorder();
  socket.onAny(record);
  socket.on('connect', () => record('connect', {}));
  socket.on('connect_error', (error) => record('connect_error', { ...error }));
  socket.on('disconnect', (reason) => record('disconnect', { reason }));

  return { ...recording, socket, submit: (event) => socket.emitWithAck('collab_event', event) };
}

/** Connects a user with a good token (but for `auth.token: undefined`) and waits until it is greeted. */
export async function join(
  relay: Relay,
  user: string,
  auth: Record<string, unknown> = {},
  options: Partial<ManagerOptions & SocketOptions> = {},
): Promise<Puppet> {
  const token = 'token' in auth ? auth.token : await tokenFor(user);
  const puppet = dial(relay, { auth: { user_id: user, ...auth, token }, ...options });
  await puppet.next('ready');
  return puppet;
}

/** Two mutual friends. */
export async function friends(relay: Relay): Promise<{ alice: Puppet; bob: Puppet }> {
  const alice = await join(relay, 'alice', { friends: ['bob'] });
  const bob = await join(relay, 'bob', { friends: ['alice'] });
  return { alice, bob };
}

/** An event to bob that is complete; override what the test is about. */
export const anEvent = (overrides: Record<string, unknown> = {}) => ({
  id: 'e1',
  type: 'position_updated',
  from_user: 'alice',
  to_users: ['bob'],
  data: { position_id: 'p1', updates: { notes: 'rolled' } },
  ...overrides,
});
