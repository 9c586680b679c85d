import type { IncomingMessage, ServerResponse } from 'node:http';
import { Refused } from './refused.ts';

/**
 * Browsers name the page that calls in `Origin`; only listed pages may call. Programs send none and pass. Refused
 * requests get no CORS header, so that a foreign page cannot even read the refusal.
 */
export function admitOrigin(
  request: IncomingMessage,
  response: ServerResponse,
  allowOrigin: (origin: string) => boolean,
): void {
  response.setHeader('vary', 'Origin');
  const { origin } = request.headers;
  if (origin === undefined) return;
  if (!allowOrigin(origin)) {
    throw new Refused('forbidden', { detail: 'Pages of this origin may not call here.' });
  }
  response.setHeader('access-control-allow-origin', origin);
  response.setHeader('access-control-expose-headers', 'Retry-After');
}

/** Answers OPTIONS, a browser's preflight included. */
export function sendOptions(
  request: IncomingMessage,
  response: ServerResponse,
  methods: readonly string[],
): void {
  const allowed = ['OPTIONS', ...methods, ...(methods.includes('GET') ? ['HEAD'] : [])].join(', ');
  response.setHeader('allow', allowed);
  if (request.headers.origin !== undefined) {
    response.setHeader('access-control-allow-methods', allowed);
    response.setHeader('access-control-allow-headers', 'authorization, content-type, x-cause');
    response.setHeader('access-control-max-age', '600');
  }
  response.writeHead(204).end();
}
