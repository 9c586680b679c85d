import { createServer, type IncomingMessage } from 'node:http';
import { sendJson, sendRefusal } from '../../http/answer.ts';
import { bearerOf } from '../../http/bearer.ts';
import { listen } from '../../http/listen.ts';
import { Refused } from '../../http/refused.ts';
import type { PeerKey } from '../../protocol/presence.ts';
import { choosePort } from '../../stack/choose-port.ts';
import { Log } from './log.ts';
import type { PeerBook } from './peer-book.ts';

/** One request that the tested backend made. */
export interface PeerRequest {
  readonly path: string;
  readonly query: URLSearchParams;
  readonly token: string | undefined;
  /** Where it came from over the relay; undefined: straight. */
  readonly via: 'relay' | undefined;
}

export interface PeerReply {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Answers in place of the truth; undefined: the truth. */
export type Stand = (request: PeerRequest) => PeerReply | undefined | Promise<PeerReply | undefined>;

const host = '127.0.0.1';
const ideas = '/api/v1/positions/ideas/';

/** The part of a peer's backend that others may ask. It shows everything to everybody and writes down who asked how. */
export class PeerFace implements AsyncDisposable {
  readonly requests = new Log<PeerRequest>();
  readonly #book: PeerBook;
  readonly #key: PeerKey;
  readonly #reader: string;
  readonly #stands = new Set<Stand>();
  readonly #server = createServer((request, response) => {
    void this.answer(read(request)).then(
      ({ status, body, headers = {} }) => {
        for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
        if (typeof body === 'string') response.writeHead(status).end(body);
        else sendJson(response, status, body);
      },
      () => sendRefusal(response, new Refused('internal')),
    );
  });
  #port: number | undefined;
  #url = '';

  /** `reader`: the user of the tested backend. */
  constructor(book: PeerBook, key: PeerKey, reader: string) {
    this.#book = book;
    this.#key = key;
    this.#reader = reader;
  }

  get url(): string {
    return this.#url;
  }

  async open(): Promise<void> {
    // One that nobody is given by chance while this is shut.
    this.#port ??= await choosePort(host, new Set(), 'a peer of the tests');
    const { url } = await listen(this.#server, { host, port: this.#port, what: 'A peer of the tests' });
    this.#url = url;
  }

  /** From here on, until it is disposed of, nobody can connect to it. */
  async shut(): Promise<AsyncDisposable> {
    await this.#close();
    return { [Symbol.asyncDispose]: () => this.open() };
  }

  /** From here on, until it is disposed of, this answers first. */
  stand(stand: Stand): Disposable {
    this.#stands.add(stand);
    return { [Symbol.dispose]: () => void this.#stands.delete(stand) };
  }

  async answer(request: PeerRequest): Promise<PeerReply> {
    this.requests.add(request);
    for (const stand of [...this.#stands].reverse()) {
      const reply = await stand(request);
      if (reply) return reply;
    }
    return this.#truth(request);
  }

  #truth({ path, query }: PeerRequest): PeerReply {
    if (path === '/.well-known/jwks.json') {
      return { status: 200, body: { keys: [{ ...this.#key, alg: 'EdDSA', use: 'sig' }] } };
    }
    if (path === '/api/collab/shares') return { status: 200, body: this.#shares(query) };
    if (path.startsWith(ideas)) {
      const [id = '', rest] = path.slice(ideas.length).split('/');
      const entry = this.#book.find(decodeURIComponent(id));
      if (entry?.readers.has(this.#reader)) {
        if (rest === undefined) {
          return { status: 200, body: { ...entry.position, comments: entry.comments } };
        }
        if (rest === 'comments') {
          const after = entry.comments.findIndex((comment) => comment.id === query.get('after'));
          return { status: 200, body: entry.comments.slice(after + 1) };
        }
      }
    }
    return { status: 404, body: { type: 'about:blank', title: 'Not found', status: 404, code: 'not_found' } };
  }

  /** One page: there are never so many that another would follow. */
  #shares(query: URLSearchParams): unknown {
    if (query.has('after')) return [];
    return this.#book.sharedWith(this.#reader).map(({ position, shareId, comments }) => ({
      position_id: position.id,
      share_id: shareId,
      version: position.version,
      comment_ids: comments.map(({ id }) => id),
    }));
  }

  async #close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((closed) => this.#server.close(closed));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#close();
  }
}

function read(request: IncomingMessage): PeerRequest {
  const url = new URL(request.url ?? '/', 'http://peer');
  return {
    path: url.pathname,
    query: url.searchParams,
    token: bearerOf(request.headers.authorization),
    via: undefined,
  };
}
