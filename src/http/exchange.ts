import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { messageOf } from '../problem.ts';

export interface Exchange {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  /** Certificates in PEM by which the server is known; undefined: the usual ones. */
  readonly authorities?: string | undefined;
  readonly timeoutMs: number;
  /** Ends it early. */
  readonly signal?: AbortSignal;
}

/** An answer, or none: then nobody knows whether the request was carried out. */
export type Exchanged =
  | {
      readonly answered: true;
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: string;
    }
  | { readonly answered: false; readonly why: string };

/**
 * One HTTP request on a connection of its own: a kept one could turn out to be dead after a restart, and the answer
 * of an act would be lost without need. Redirects are answers like any other.
 */
export function exchange({
  method,
  url,
  headers,
  body,
  authorities,
  timeoutMs,
  signal,
}: Exchange): Promise<Exchanged> {
  const { promise, resolve } = Promise.withResolvers<Exchanged>();
  const request = url.protocol === 'https:' ? httpsRequest : httpRequest;
  const outgoing = request(url, {
    method,
    agent: false,
    ...(authorities !== undefined && { ca: authorities }),
    signal: AbortSignal.any([...(signal ? [signal] : []), AbortSignal.timeout(timeoutMs)]),
    headers: body === undefined ? headers : { 'content-length': Buffer.byteLength(body), ...headers },
  });
  const noAnswer = (error: unknown) => resolve({ answered: false, why: whyNot(error, timeoutMs) });
  outgoing.on('error', noAnswer);
  outgoing.on('response', (response) => {
    const chunks: Buffer[] = [];
    response.on('data', (chunk: Buffer) => chunks.push(chunk));
    response.on('error', noAnswer);
    response.on('end', () => {
      const named = Object.entries(response.headersDistinct).map(([name, values]) => [
        name,
        values?.join(', ') ?? '',
      ]);
      resolve({
        answered: true,
        status: response.statusCode ?? 0,
        headers: Object.fromEntries(named),
        body: Buffer.concat(chunks).toString('utf8'),
      });
    });
  });
  outgoing.end(body);
  return promise;
}

function whyNot(error: unknown, timeoutMs: number): string {
  if (error instanceof Error && error.name === 'AbortError') {
    return error.cause instanceof Error && error.cause.name === 'TimeoutError'
      ? `no answer within ${timeoutMs} ms`
      : 'the run was stopped';
  }
  if (!(error instanceof Error && 'code' in error && typeof error.code === 'string')) return messageOf(error);
  const words = systemWords[error.code];
  return words === undefined ? error.code : `${words}, ${error.code}`;
}

const systemWords: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nobody listens there',
  ECONNRESET: 'the connection was broken off',
  EPIPE: 'the connection was broken off',
  ENOTFOUND: 'there is no such host',
  EHOSTUNREACH: 'there is no way to that host',
  ETIMEDOUT: 'the connection took too long',
};

/** The JSON of a body, or undefined where it is none. */
export function jsonOf(body: string): unknown {
  try {
    const value: unknown = JSON.parse(body);
    return value;
  } catch {
    return undefined;
  }
}
