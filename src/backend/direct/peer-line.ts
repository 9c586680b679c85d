import { Agent, type ClientRequest, type RequestOptions, request as requestHttp } from 'node:http';
import { request as requestHttps, Agent as SecureAgent } from 'node:https';
import { isIP, type Socket } from 'node:net';
import { jsonOf } from '../../http/exchange.ts';
import { type Address, errorCode, resolveGuarded } from '../address-guard.ts';

export type Posted =
  | { readonly kind: 'answered'; readonly status: number; readonly body: unknown }
  | { readonly kind: 'unreachable'; readonly code: string };

export interface PeerLineOptions {
  /** The origin that the peer has registered. */
  readonly url: string;
  readonly admit: (address: Address) => boolean;
  readonly authorities?: string | undefined;
  readonly timeoutMs: number;
  /** The connection that was kept is gone. One that carried no answer, or was not to last, was never kept. */
  readonly onClosed: () => void;
}

const mostBytes = 256 * 1024;

/** One kept connection to a peer's backend, made when it is needed. Requests on it go one after another. */
export class PeerLine {
  readonly #options: PeerLineOptions;
  readonly #url: URL;
  readonly #agent: Agent;
  #socket: Socket | undefined;
  #kept: Socket | undefined;
  #closed = false;

  constructor(options: PeerLineOptions) {
    this.#options = options;
    this.#url = new URL(options.url);
    const kept = { keepAlive: true, maxSockets: 1 };
    const { authorities: ca } = options;
    this.#agent =
      this.#url.protocol === 'https:' ? new SecureAgent({ ...kept, ...(ca && { ca }) }) : new Agent(kept);
  }

  /** Only an address that was checked is dialled; the checked one, whatever the name says a moment later. */
  async post(path: string, token: string, body: unknown, onWritten: () => void): Promise<Posted> {
    const { admit, timeoutMs } = this.#options;
    const deadline = AbortSignal.timeout(timeoutMs);
    try {
      const resolved = await resolveGuarded(this.#url.hostname, admit);
      if (resolved.kind === 'refused') return { kind: 'unreachable', code: 'bad_address' };
      if (resolved.kind === 'unknown') return { kind: 'unreachable', code: resolved.code };
      return await this.#exchange(path, token, JSON.stringify(body), {
        addresses: resolved.addresses,
        signal: deadline,
        onWritten,
      });
    } catch (error) {
      return { kind: 'unreachable', code: deadline.aborted ? 'timeout' : errorCode(error) };
    }
  }

  close(): void {
    this.#closed = true;
    this.#agent.destroy();
  }

  #exchange(
    path: string,
    token: string,
    text: string,
    {
      addresses,
      signal,
      onWritten,
    }: {
      readonly addresses: readonly Address[];
      readonly signal: AbortSignal;
      readonly onWritten: () => void;
    },
  ): Promise<Posted> {
    const { promise, resolve, reject } = Promise.withResolvers<Posted>();
    const { protocol, hostname, port } = this.#url;
    const host = hostname.replace(/^\[|\]$/g, '');
    const options: RequestOptions = {
      method: 'POST',
      protocol,
      host,
      ...(port !== '' && { port }),
      path,
      agent: this.#agent,
      headers: {
        accept: 'application/json',
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(text),
      },
      signal,
      ...(isIP(host) === 0 && { lookup: only(addresses) }),
    };
    const request: ClientRequest = protocol === 'https:' ? requestHttps(options) : requestHttp(options);
    request.once('socket', (socket) => this.#watch(socket));
    request.once('finish', onWritten);
    request.on('error', reject);
    request.once('response', (response) => {
      this.#kept = request.shouldKeepAlive ? this.#socket : undefined;
      const chunks: Buffer[] = [];
      let size = 0;
      response.on('data', (chunk: Buffer) => {
        size += chunk.byteLength;
        if (size <= mostBytes) chunks.push(chunk);
        else response.destroy(new Error('the answer is too big'));
      });
      response.on('error', reject);
      response.on('end', () =>
        resolve({
          kind: 'answered',
          status: response.statusCode ?? 0,
          body: jsonOf(String(Buffer.concat(chunks))),
        }),
      );
    });
    request.end(text);
    return promise;
  }

  #watch(socket: Socket): void {
    if (this.#socket === socket) return;
    this.#socket = socket;
    socket.once('close', () => {
      if (this.#socket !== socket) return;
      this.#socket = undefined;
      const wasKept = this.#kept === socket;
      this.#kept = undefined;
      if (wasKept && !this.#closed) this.#options.onClosed();
    });
  }
}

function only(addresses: readonly Address[]): NonNullable<RequestOptions['lookup']> {
  return (_host, options, callback) => {
    const [first] = addresses;
    if (options.all) callback(null, [...addresses]);
    else callback(null, first?.address ?? '', first?.family);
  };
}
