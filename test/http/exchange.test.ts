import { createServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { exchange } from '../../src/http/exchange.ts';
import { listen } from '../../src/http/listen.ts';

test('who gets no answer is told why in words, with what the system calls it', async () => {
  const server = createServer((socket) => socket.on('data', () => socket.destroy()));
  const { port } = await listen(server, { host: '127.0.0.1', port: 0, what: 'The test' });
  onTestFinished(() => void server.close());
  const ask = () =>
    exchange({ method: 'GET', url: new URL(`http://127.0.0.1:${port}/`), headers: {}, timeoutMs: 20_000 });
  expect(await ask()).toEqual({ answered: false, why: 'the connection was broken off, ECONNRESET' });
});
