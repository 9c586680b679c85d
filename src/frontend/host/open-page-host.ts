import type { Server } from 'node:http';
import { listen } from '../../http/listen.ts';
import { openServer } from '../../http/open-server.ts';
import { loadTls } from '../../http/tls.ts';
import type { PagesConfig } from '../../protocol/pages-config.ts';
import { answerPage } from './answer-page.ts';
import { loadAssets } from './assets.ts';

export interface PageHost extends AsyncDisposable {
  /** By user. */
  readonly ports: Readonly<Record<string, number>>;
}

/** How long a client may take to say what it wants. */
const headMs = 10_000;

/**
 * Serves the page of each user on a port of its own, so that a browser keeps them apart as it does any two sites.
 * Rejects with a Problem.
 */
export async function openPageHost(config: PagesConfig, folder: string): Promise<PageHost> {
  const tls = config.tls && (await loadTls(config.tls, 'The host of the pages'));
  const assets = await loadAssets(folder);
  const servers: Server[] = [];
  const close = async () => {
    for (const server of servers) server.closeAllConnections();
    await Promise.all(servers.map((server) => new Promise((closed) => server.close(closed))));
  };
  try {
    const ports = await Promise.all(
      config.pages.map(async ({ user_id: user, port: wanted, session_file: sessionFile }) => {
        const server = openServer({ tls, headMs }, answerPage({ assets, sessionFile }));
        servers.push(server);
        const { port } = await listen(server, {
          host: config.host,
          port: wanted,
          what: `${user}'s page`,
          scheme: tls ? 'https' : 'http',
        });
        return [user, port] as const;
      }),
    );
    return { ports: Object.fromEntries(ports), [Symbol.asyncDispose]: close };
  } catch (error) {
    await close();
    throw error;
  }
}
