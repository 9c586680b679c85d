import type { Piece, Splitter } from './piece.ts';
import { frameSplitter } from './split-frames.ts';

/** A head that is longer than this is of no message that we know. */
const longestHead = 64 * 1024;
const longestMethod = 17;
const version = 'HTTP/1.1 ';
const endOfHead = '\r\n\r\n';

/** What follows a head: a body of so many bytes, a WebSocket, or something that we do not follow. */
export type After = number | 'websocket' | 'opaque';

/**
 * Cuts the stream of a client into HTTP/1.1 requests, and after a request for a WebSocket into its messages. Bodies
 * without a length make the rest of the stream opaque: no backend and no client of ours sends one.
 */
export const requestSplitter = (): Splitter =>
  httpSplitter({
    after: afterRequest,
    begins: (head) => /^[A-Z]{1,16}( |$)/.test(head.slice(0, longestMethod)),
    masked: true,
  });

/** Cuts the stream of a server: the messages of a WebSocket after its greeting; other answers stay whole. */
export const answerSplitter = (): Splitter =>
  httpSplitter({
    after: afterAnswer,
    begins: (head) => version.startsWith(head.slice(0, version.length)),
    masked: false,
  });

function afterRequest(head: string): After {
  if (!/^[A-Z]{1,16} \S+ HTTP\/1\.1\r\n/.test(head)) return 'opaque';
  if (/^upgrade:\s*websocket\s*$/im.test(head)) return 'websocket';
  if (/^(transfer-encoding|upgrade):/im.test(head)) return 'opaque';
  return Number(/^content-length:\s*(\d{1,15})\s*$/im.exec(head)?.[1] ?? 0);
}

const afterAnswer = (head: string): After =>
  /^HTTP\/1\.1 101 /.test(head) && !/^sec-websocket-extensions:/im.test(head) ? 'websocket' : 'opaque';

interface Side {
  readonly after: (head: string) => After;
  /** What a head of this side can begin with. */
  readonly begins: (head: string) => boolean;
  readonly masked: boolean;
}

function httpSplitter({ after, begins, masked }: Side): Splitter {
  let head = '';
  let left = 0;
  let rest: Splitter | undefined;

  /** Reads a head from `at` on: where it ends, or undefined if it goes on. */
  function headEnd(chunk: Buffer, at: number): number | undefined {
    const before = head.length;
    head += chunk.toString('latin1', at, at + longestHead);
    const end = head.indexOf(endOfHead, Math.max(0, before - endOfHead.length));
    if (end === -1) return undefined;
    head = head.slice(0, end + endOfHead.length);
    return at + head.length - before;
  }

  return (chunk) => {
    const pieces: Piece[] = [];
    let start = 0;
    let at = 0;
    while (at < chunk.length) {
      if (rest) return [...pieces, ...rest(chunk.subarray(at))];
      if (left > 0) {
        const taken = Math.min(left, chunk.length - at);
        left -= taken;
        at += taken;
      } else {
        const end = headEnd(chunk, at);
        const cannotBe = head.length > longestHead || !begins(head);
        const next = end !== undefined ? after(head) : cannotBe ? 'opaque' : undefined;
        if (next === 'opaque') {
          rest = opaque;
          return [...pieces, ...opaque(chunk.subarray(start))];
        }
        at = end ?? chunk.length;
        if (end === undefined || next === undefined) continue;
        head = '';
        if (next === 'websocket') rest = frameSplitter({ masked });
        else left = next;
      }
      if (left > 0 || head.length > 0) continue;
      pieces.push({ kind: 'http', bytes: chunk.subarray(start, at), ends: true });
      start = at;
    }
    if (start < chunk.length) pieces.push({ kind: 'http', bytes: chunk.subarray(start), ends: false });
    return pieces;
  };
}

const opaque: Splitter = (chunk) => [{ kind: 'opaque', bytes: chunk, ends: true }];
