import { once } from 'node:events';
import { Duplex } from 'node:stream';
import { expect, test } from 'vitest';
import { ReadGate } from '../../src/relay/read-gate.ts';

/** A socket that alice sends on by hand: `asks` counts how often more is wanted of the network. */
function aSocket() {
  const asked = { asks: 0 };
  const socket = new Duplex({
    read: () => {
      asked.asks += 1;
    },
  });
  const gate = new ReadGate(socket);
  const heard: Buffer[] = [];
  socket.on('data', (piece: Buffer) => heard.push(piece));
  return { socket, gate, heard, asked };
}

test('what is read at once is handed on whole and in order, and no piece keeps the memory of another', async () => {
  const { socket, heard, asked } = aSocket();
  await expect.poll(() => asked.asks).toBe(1);
  const said = Buffer.from(Array.from({ length: 10_000 }, (_, n) => n % 251));
  expect(socket.push(said)).toBe(true);
  expect(Buffer.concat(heard).equals(said)).toBe(true);
  expect(heard.map(({ length }) => length)).toEqual([4096, 4096, 1808]);
  for (const piece of heard) expect(piece.buffer.byteLength).toBe(piece.length);
});

test('behind a shut gate nothing more is wanted, but what came is heard; opened, it goes on', async () => {
  const { socket, gate, heard, asked } = aSocket();
  await expect.poll(() => asked.asks).toBe(1);
  gate.shut();
  expect(socket.push(Buffer.from('the last word'))).toBe(false);
  expect(String(heard[0])).toBe('the last word');
  // The stream asks for more in the next tick, or never.
  await new Promise(setImmediate);
  expect(asked.asks).toBe(1);
  gate.open();
  expect(asked.asks).toBe(2);
  expect(socket.push(Buffer.from('and on'))).toBe(true);
  expect(String(heard[1])).toBe('and on');
});

test('the end of a socket is heard through a gate', async () => {
  const { socket } = aSocket();
  const ended = once(socket, 'end');
  socket.push(null);
  await ended;
});
