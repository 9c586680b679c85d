import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { LoadedTls } from './tls.ts';

export interface ServerRules {
  /** Absent: without TLS. */
  readonly tls?: LoadedTls | undefined;
  /** How long a client may take for the head of a request, and for the TLS handshake before it, in milliseconds. */
  readonly headMs: number;
}

/** A whole request, with its body, takes no longer, in milliseconds. */
const requestMs = 30_000;

/** An HTTP server, or HTTPS where there is a certificate, that holds no connection for who does not say what it wants. */
export function openServer({ tls, headMs }: ServerRules, listener: RequestListener): Server {
  const rules = {
    headersTimeout: Math.min(headMs, requestMs),
    requestTimeout: requestMs,
    connectionsCheckingInterval: Math.min(headMs, 5000),
    // Clients that offer HTTP/2 on the way (Java's does with every request) mean to be answered if it is not taken.
    shouldUpgradeCallback: ({ headers }: IncomingMessage) => headers.upgrade?.toLowerCase() === 'websocket',
  };
  if (!tls) return createServer(rules, listener);
  return createSecureServer({ ...rules, ...tls, minVersion: 'TLSv1.2', handshakeTimeout: headMs }, listener);
}
