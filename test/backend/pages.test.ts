import { once } from 'node:events';
import { createServer } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { openPages } from '../../src/backend/pages.ts';
import { listen } from '../../src/http/listen.ts';
import { userId } from '../../src/protocol/ids.ts';
import type { PageFrame } from '../../src/protocol/page-socket.ts';

test('a page that does not read is cut, and holds up nobody', async () => {
  const pages = openPages({
    me: userId.parse('alice'),
    allowOrigin: () => false,
    authoriseOwner: async () => ({}),
    onFault: () => {},
  });
  const server = createServer().on('upgrade', pages.upgrade);
  const { url } = await listen(server, { host: '127.0.0.1', port: 0, what: "alice's backend" });
  onTestFinished(async () => {
    await pages[Symbol.asyncDispose]();
    server.close();
  });
  const dial = async () => {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/ws/collab`);
    onTestFinished(() => socket.terminate());
    await once(socket, 'message');
    return socket;
  };
  const [slow, quick] = [await dial(), await dial()];
  slow.pause();

  const frame: PageFrame = {
    type: 'notification',
    notification: {
      id: 'n',
      kind: 'refused',
      text: 'x'.repeat(100_000),
      created_at: '2026-01-01T00:00:00.000Z',
    },
  };
  // Far more than the kernel takes for a reader who does not read.
  for (let sent = 0; sent < 1000 && pages.census().length === 2; sent++) {
    pages.push([frame]);
    await once(quick, 'message');
  }
  expect(pages.census()).toHaveLength(1);
  expect(pages.push([frame])).toBe(1);
});
