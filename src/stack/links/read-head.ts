import type { Socket } from 'node:net';
import { diallerOf } from './request-head.ts';

/** How long a client may take to send a request head, before its connection counts as nobody's. */
const headMs = 5000;

/** Reads until it is known who sends; hands over all that was read, and leaves the socket paused. */
export function readHead(client: Socket, done: (from: string, head: Buffer) => void): void {
  let head = Buffer.alloc(0);
  const timer = setTimeout(() => finish('*'), headMs);

  function finish(from: string): void {
    clearTimeout(timer);
    client.off('data', take);
    client.off('end', giveUp);
    client.off('close', stop);
    client.pause();
    done(from, head);
  }
  function take(chunk: Buffer): void {
    head = Buffer.concat([head, chunk]);
    const from = diallerOf(head);
    if (from !== undefined) finish(from);
  }
  const giveUp = () => finish('*');
  const stop = () => clearTimeout(timer);

  client.on('data', take);
  client.once('end', giveUp);
  client.once('close', stop);
  client.resume();
}
