import { z } from 'zod';
import { backendUrl } from './handshake.ts';
import { healthz, readyz } from './health.ts';
import { userId } from './ids.ts';
import { onlineStatus, peerKey } from './presence.ts';
import { bare, documentRoute, indexRoute, metricsRoute, type Route } from './route.ts';

/** The brief's registration. The socket handshake alone suffices; this is kept for 60 s to fill what it leaves out. */
export const registration = z.object({
  user_id: userId,
  backend_url: backendUrl,
  /** Validated and shown, never dialled. */
  websocket_endpoint: z
    .url({ protocol: /^wss?$/ })
    .max(2048)
    .optional(),
  auth_token: z.string().min(1).max(8192).optional(),
  display_name: z.string().min(1).max(120).optional(),
  friends: z.array(userId).max(2000).optional(),
  peer_key: peerKey.optional(),
});
export type Registration = z.infer<typeof registration>;

export const registered = z.object({ success: z.literal(true), collab_ws_url: z.string() });
export type Registered = z.infer<typeof registered>;

export const onlineUser = z.object({
  user_id: userId,
  display_name: z.string(),
  status: onlineStatus,
  last_seen: z.string(),
});
export type OnlineUser = z.infer<typeof onlineUser>;

/** What the relay's documents and its index page say first. */
export const relayAbout = {
  title: 'collab-dev relay',
  description:
    'Routes events between the backends of users who are friends. It stores nothing, and most of it happens on its sockets.',
} as const;

/** The relay's REST face. Identity in `register` comes in the body, as the brief has it. */
export const relayRoutes = {
  register: {
    ...bare,
    method: 'POST',
    path: '/api/register',
    summary: 'Announces a backend and answers where its socket is',
    access: 'public',
    body: registration,
    answer: registered,
  },
  online: {
    ...bare,
    method: 'GET',
    path: '/api/users/online',
    summary: 'Mutual friends that are online or in grace; absence says nothing',
    access: 'relay-user',
    answer: z.array(onlineUser),
  },
  healthz: { ...bare, method: 'GET', path: '/healthz', summary: 'Alive', access: 'public', answer: healthz },
  readyz: {
    ...bare,
    method: 'GET',
    path: '/readyz',
    summary: 'Accepting connections',
    access: 'public',
    answer: readyz,
  },
  metrics: {
    ...bare,
    ...metricsRoute,
    summary: 'For Prometheus; with the admin token also why things were refused',
  },
  openApi: { ...bare, ...documentRoute, path: '/openapi.json', summary: 'These routes, as OpenAPI 3.1' },
  asyncApi: { ...bare, ...documentRoute, path: '/asyncapi.json', summary: 'The sockets, as AsyncAPI 3' },
  index: { ...bare, ...indexRoute, summary: 'What is here' },
} as const satisfies Record<string, Route>;
