import WebSocket from 'ws';
import { z } from 'zod';
import { pageSocketPath } from '../../protocol/backend-rest.ts';
import { relayAudience } from '../../protocol/tokens.ts';
import type { Bench } from '../bench/bench.ts';
import { Log } from '../bench/log.ts';
import { Broken, type Check, given } from '../check.ts';
import { aComment, heldCopy, sharedPosition } from './expect.ts';

/** The live socket of the user's own page. */
export const pageChecks: readonly Check[] = [
  {
    id: 'page-socket.opens',
    level: 'must',
    section: '4',
    title: "the page connects to /ws/collab with the owner's token, in ?token= ",
    async run(bench) {
      using page = await dial(bench, await bench.owner.ownerToken());
      if (page.status !== 101) throw page.broken('an open socket');
    },
  },
  {
    id: 'page-socket.event',
    level: 'must',
    section: '4',
    title: 'what comes in is told to the open page, by its type',
    async run(bench) {
      const { alice, withinMs } = bench;
      const own = await sharedPosition(bench, [alice]);
      using page = await given('the page socket', openPage(bench));
      const comment = aComment(bench.id('comment'), alice.name);
      await alice.tell({ type: 'comment_added', data: { position_id: own.id, comment } }, 'delivered');
      const frame = await page.frames.next(
        ({ type, text }) => type === 'comment_added' && text.includes(comment.id),
        withinMs,
      );
      if (!frame) throw page.broken(`a frame of type comment_added with ${comment.id}`);
    },
  },
  {
    id: 'page-socket.share',
    level: 'must',
    section: '4',
    title: 'a new share is told to the open page when its copy can be read',
    async run(bench) {
      const { owner, alice, withinMs } = bench;
      using page = await given('the page socket', openPage(bench));
      const entry = await heldCopy(bench, alice);
      const frame = await page.frames.next(
        ({ type, text }) => type === 'position_shared' && text.includes(entry.position.id),
        withinMs,
      );
      if (!frame) throw page.broken(`a frame of type position_shared with ${entry.position.id}`);
      (await owner.read(entry.position.id)).expect(200);
    },
  },
  {
    id: 'page-socket.no-token',
    level: 'must',
    section: '4',
    title: 'without a token it is not opened',
    run: (bench) => refused(bench, undefined, 'no token'),
  },
  {
    id: 'page-socket.audience',
    level: 'must',
    section: '4',
    title: "with the user's token for the relay it is not opened",
    async run(bench) {
      const token = await bench.authority.sign({ sub: bench.user, aud: relayAudience });
      await refused(bench, token, 'a token for the relay');
    },
  },
  {
    id: 'page-socket.peer-token',
    level: 'must',
    section: '4',
    title: 'with a peer token it is not opened',
    run: async (bench) => refused(bench, await bench.alice.peerToken(), `${bench.alice.name}'s peer token`),
  },
  {
    id: 'page-socket.origin',
    level: 'must',
    section: '4',
    title: 'for a foreign page it is not opened, also with the right token',
    async run(bench) {
      await refused(bench, await bench.owner.ownerToken(), 'Origin: https://evil.example', {
        origin: 'https://evil.example',
      });
    },
  },
];

const typed = z.looseObject({ type: z.string() });

interface Page extends Disposable {
  /** Of the upgrade; 101 is an open socket. */
  readonly status: number;
  readonly frames: Log<{ readonly type: string; readonly text: string }>;
  readonly closed: Promise<number>;
  broken(expected: string): Broken;
}

async function dial(
  { owner, withinMs }: Bench,
  token: string | undefined,
  headers: Readonly<Record<string, string>> = {},
  as = "the owner's token",
): Promise<Page> {
  const url = new URL(pageSocketPath, owner.url);
  url.protocol = url.protocol.replace('http', 'ws');
  if (token !== undefined) url.searchParams.set('token', token);
  const socket = new WebSocket(url, { headers });
  const frames: Page['frames'] = new Log();
  const status = Promise.withResolvers<number>();
  const closed = Promise.withResolvers<number>();
  socket.on('message', (data) => {
    const text = String(data);
    frames.add({ type: typeOf(text), text });
  });
  socket.on('unexpected-response', (_request, response) => {
    status.resolve(response.statusCode ?? 0);
    response.destroy();
  });
  socket.on('error', () => status.resolve(0));
  socket.on('open', () => status.resolve(101));
  socket.on('close', (code) => {
    status.resolve(0);
    closed.resolve(code);
  });
  const late = setTimeout(() => status.resolve(0), withinMs);
  const came = await status.promise;
  clearTimeout(late);
  return {
    status: came,
    frames,
    closed: closed.promise,
    broken: (expected) =>
      new Broken({
        sent: `a WebSocket to ${pageSocketPath} (${as})`,
        came: came === 101 ? `open, with ${frames.all.length} frames` : `not opened (${came || 'no answer'})`,
        expected,
      }),
    [Symbol.dispose]: () => socket.terminate(),
  };
}

async function openPage(bench: Bench): Promise<Page> {
  const page = await dial(bench, await bench.owner.ownerToken());
  if (page.status !== 101) throw page.broken('an open socket');
  return page;
}

/** Some servers can only refuse on the open socket: it has to be closed then, with nothing said before. */
async function refused(
  bench: Bench,
  token: string | undefined,
  as: string,
  headers?: Readonly<Record<string, string>>,
): Promise<void> {
  using page = await dial(bench, token, headers, as);
  if (page.status !== 101) return;
  const late = new Promise<undefined>((resolve) =>
    setTimeout(() => resolve(undefined), bench.withinMs).unref(),
  );
  const code = await Promise.race([page.closed, late]);
  if (code === undefined || page.frames.all.length > 0)
    throw page.broken('no socket (401, 403, or closed at once)');
}

function typeOf(text: string): string {
  try {
    return typed.parse(JSON.parse(text)).type;
  } catch {
    return '';
  }
}
