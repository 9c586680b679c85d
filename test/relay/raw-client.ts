import { once } from 'node:events';
import { onTestFinished } from 'vitest';
import WebSocket from 'ws';
import type { Relay } from '../../src/relay/relay.ts';

/** A Socket.IO connection spoken by hand, so that a test can stop reading or leave out what a stock client says. */
export async function rawClient(relay: Relay): Promise<WebSocket> {
  const socket = new WebSocket(`${relay.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`);
  onTestFinished(() => socket.terminate());
  await once(socket, 'open');
  return socket;
}

/** Says who it is and waits for `ready`. */
export async function greet(socket: WebSocket, auth: Record<string, unknown>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const look = (data: WebSocket.RawData) => {
    if (!String(data).startsWith('42["ready"')) return;
    socket.off('message', look);
    resolve();
  };
  socket.on('message', look);
  socket.send(`40${JSON.stringify(auth)}`);
  await promise;
}
