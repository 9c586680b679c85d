import type { IncomingMessage } from 'node:http';
import { isLoopback } from '../../protocol/loopback.ts';

type Asking = Pick<IncomingMessage, 'headers'>;

/**
 * Whether it was asked for by a name of this machine. Any other name leads here only by a trick with DNS, which would
 * make a stranger's page one of our own origin.
 */
export function isOwnHost({ headers }: Asking): boolean {
  const url = URL.parse(`http://${headers.host ?? ''}`);
  return url !== null && isLoopback(url.hostname);
}

/** Whether the page itself asks, by a header that no script can set (Fetch Metadata); other programs have to lie. */
export const isOwnPage = ({ headers }: Asking): boolean => headers['sec-fetch-site'] === 'same-origin';

/** What the document may load and call: what it was built of, and the one backend that it belongs to. */
export function documentPolicy(backendUrl: string): string {
  const { origin } = new URL(backendUrl);
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    `connect-src 'self' ${origin} ${origin.replace(/^http/, 'ws')}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}
