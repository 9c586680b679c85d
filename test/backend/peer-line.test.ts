import { createServer, type RequestListener } from 'node:http';
import { expect, onTestFinished, test, vi } from 'vitest';
import { PeerLine } from '../../src/backend/direct/peer-line.ts';
import { listen } from '../../src/http/listen.ts';

async function aPeer(answer: RequestListener) {
  const server = createServer(answer);
  const { url } = await listen(server, { host: '127.0.0.1', port: 0, what: 'A peer' });
  const gone = async () => {
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  };
  onTestFinished(gone);
  return { url, gone };
}

function aLine(url: string) {
  const onClosed = vi.fn();
  const line = new PeerLine({ url, admit: () => true, timeoutMs: 20_000, onClosed });
  onTestFinished(() => line.close());
  return { onClosed, post: () => line.post('/api/collab/events', 'token', {}, () => {}) };
}

test('the end of a connection that was kept is told once', async () => {
  const bob = await aPeer((_, response) => response.end('{}'));
  const { onClosed, post } = aLine(bob.url);
  expect(await post()).toMatchObject({ kind: 'answered', status: 200 });
  expect(await post()).toMatchObject({ kind: 'answered', status: 200 });
  expect(onClosed).not.toHaveBeenCalled();
  await bob.gone();
  await vi.waitFor(() => expect(onClosed).toHaveBeenCalledTimes(1), { timeout: 20_000 });
});

test('a connection that was never made has no end, so nobody dials an absent friend without a pause', async () => {
  const bob = await aPeer((_, response) => response.end('{}'));
  await bob.gone();
  const { onClosed, post } = aLine(bob.url);
  for (let n = 0; n < 5; n += 1) expect(await post()).toMatchObject({ kind: 'unreachable' });
  expect(onClosed).not.toHaveBeenCalled();
});

test('neither has one that a peer closes behind each answer', async () => {
  const bob = await aPeer((_, response) => response.setHeader('connection', 'close').end('{}'));
  const { onClosed, post } = aLine(bob.url);
  for (let n = 0; n < 5; n += 1) expect(await post()).toMatchObject({ kind: 'answered', status: 200 });
  expect(onClosed).not.toHaveBeenCalled();
});
