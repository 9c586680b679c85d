import { type IncomingMessage, type RequestOptions, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { LookupFunction } from 'node:net';
import { type Address, errorCode, type Resolver, resolveGuarded } from './address-guard.ts';
import type { FetchOutcome } from './checks/judge-fetch.ts';

export interface FetchRules {
  readonly admit: (address: Address) => boolean;
  /** Certificates in PEM by which the other end is known; undefined: the usual ones. */
  readonly authorities?: string | undefined;
  /** For everything together: names, connection, head and body. */
  readonly timeoutMs: number;
  readonly maxBytes: number;
  /** Ends the attempt early. */
  readonly signal: AbortSignal;
  readonly resolve?: Resolver | undefined;
}

/**
 * GETs a JSON document of somebody who is not trusted: no redirects, a bounded body, and only addresses that were
 * checked are dialled, so that a name which changes its mind in between (DNS rebinding) gains nothing. Never rejects.
 */
export async function fetchJson(
  url: string,
  headers: Readonly<Record<string, string>>,
  rules: FetchRules,
): Promise<FetchOutcome<unknown>> {
  const target = new URL(url);
  const deadline = AbortSignal.timeout(rules.timeoutMs);
  const signal = AbortSignal.any([deadline, rules.signal]);
  const unreachable = (error: unknown): FetchOutcome<never> => ({
    kind: 'unreachable',
    code: deadline.aborted ? 'timeout' : errorCode(error),
  });
  try {
    const resolved = await orAborted(resolveGuarded(target.hostname, rules.admit, rules.resolve), signal);
    if (resolved.kind === 'refused') return { kind: 'broken', code: 'bad_address' };
    if (resolved.kind === 'unknown') return { kind: 'unreachable', code: resolved.code };
    const response = await get(target, headers, resolved.addresses, rules.authorities, signal);
    try {
      return await judgeResponse(response, rules.maxBytes);
    } finally {
      response.destroy();
    }
  } catch (error) {
    return unreachable(error);
  }
}

function get(
  { protocol, hostname, port, pathname, search }: URL,
  headers: Readonly<Record<string, string>>,
  addresses: readonly Address[],
  ca: string | undefined,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const options: RequestOptions = {
    protocol,
    host: hostname.replace(/^\[|\]$/g, ''),
    port: port === '' ? undefined : port,
    path: `${pathname}${search}`,
    headers: { accept: 'application/json', ...headers },
    lookup: only(addresses),
    // No pooled connection: it might have been dialled under other rules.
    agent: false,
    signal,
  };
  const request = protocol === 'https:' ? requestHttps({ ...options, ca }) : requestHttp(options);
  request.once('response', resolve);
  request.once('error', reject);
  // After the answer has begun, its own stream reports what goes wrong.
  request.on('error', () => {});
  request.end();
  return promise;
}

/** A lookup that knows nothing but what has been checked. */
function only(addresses: readonly Address[]): LookupFunction {
  return (_host, options, callback) => {
    const [first] = addresses;
    if (options.all) callback(null, [...addresses]);
    else callback(null, first?.address ?? '', first?.family);
  };
}

async function judgeResponse(response: IncomingMessage, maxBytes: number): Promise<FetchOutcome<unknown>> {
  const status = response.statusCode ?? 0;
  if (status >= 300 && status < 400) return { kind: 'broken', code: 'redirected', status };
  if (status !== 200) return { kind: 'status', status };
  const type = response.headers['content-type'] ?? '';
  if (!/^application\/json\s*(;|$)/i.test(type)) return { kind: 'broken', code: 'not_json', status };
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response) {
    const bytes = Buffer.from(chunk);
    size += bytes.byteLength;
    if (size > maxBytes) return { kind: 'broken', code: 'too_big', status };
    chunks.push(bytes);
  }
  try {
    const answer: unknown = JSON.parse(
      new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks)),
    );
    return { kind: 'answered', status, answer };
  } catch {
    return { kind: 'broken', code: 'not_json', status };
  }
}

/** A name lookup cannot be aborted, only no longer be waited for. */
function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const stop = () => reject(signal.reason);
  signal.addEventListener('abort', stop, { once: true });
  work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  if (signal.aborted) stop();
  return promise;
}
