import type { IncomingMessage } from 'node:http';
import { Refused } from './refused.ts';

/** What is still read and thrown away after a body grew too big, so that the client gets to see the refusal. */
const drainBytes = 1024 * 1024;

/**
 * Reads a JSON body of at most `limit` bytes; undefined if the request has none. The limit holds while the body comes
 * in: a false or missing Content-Length gains nothing.
 */
export async function readBody(request: IncomingMessage, limit: number): Promise<unknown> {
  const { 'content-length': length, 'transfer-encoding': encoding } = request.headers;
  if (encoding === undefined && (length === undefined || length === '0')) return undefined;
  const bytes = await readBytes(request, limit);
  if (bytes.byteLength === 0) return undefined;
  // After the body was read: an answer to an upload that is still going on may never be seen.
  const type = request.headers['content-type'] ?? '';
  if (!/^application\/json\s*(;|$)/i.test(type)) throw new Refused('unsupported_media_type');
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new Refused('bad_request', { detail: 'The body is not JSON.' });
  }
}

function readBytes(request: IncomingMessage, limit: number): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  const chunks: Buffer[] = [];
  let size = 0;
  request.on('data', (chunk: Buffer) => {
    size += chunk.byteLength;
    if (size <= limit) {
      chunks.push(chunk);
      return;
    }
    chunks.length = 0;
    reject(new Refused('too_big', { detail: `A body has at most ${limit} bytes.` }));
    if (size > limit + drainBytes) request.destroy();
  });
  request.on('end', () => resolve(Buffer.concat(chunks)));
  // The client went away: whatever is answered now is seen by nobody.
  request.on('close', () => reject(new Refused('bad_request', { detail: 'The body ended early.' })));
  request.on('error', () => reject(new Refused('bad_request', { detail: 'The body ended early.' })));
  return promise;
}
