import type { UserId } from '../protocol/ids.ts';
import type { PagesConfig } from '../protocol/pages-config.ts';
import type { TlsFiles } from '../protocol/tls-files.ts';
import { type Ground, ownInstance } from './ground.ts';
import type { ManagedInstance } from './managed-instance.ts';
import { loopback, pagePort, urlAt } from './plan.ts';
import { noUrl } from './problems.ts';
import type { StackConfig } from './stack.ts';

/** The key of a user's page among the ports of a stack. */
export const pageKey = (user: UserId): string => `${user}'s page`;

/** The file with a user's session for their page, among the secrets of a run. */
export const pageSessionFile = (user: UserId): string => `${user}.page.json`;

export interface PagesPlace {
  readonly ports: ReadonlyMap<string, number>;
  readonly tls: TlsFiles | undefined;
  readonly sessionFileOf: (user: UserId) => string;
}

export function pagesSettings(config: StackConfig, { ports, tls, sessionFileOf }: PagesPlace): PagesConfig {
  return {
    host: loopback,
    ...(tls && { tls }),
    pages: config.users.flatMap(({ name, frontend }, index) =>
      frontend === undefined
        ? [
            {
              user_id: name,
              port: ports.get(pageKey(name)) ?? pagePort(config, index),
              session_file: sessionFileOf(name),
            },
          ]
        : [],
    ),
  };
}

/** Whose page is ours. */
export const ownPagesOf = ({ pages, users }: StackConfig): UserId[] =>
  pages ? users.flatMap(({ name, frontend }) => (frontend === undefined ? [name] : [])) : [];

/** The process that has the listener of each of our pages. */
export function pagesInstance(ground: Ground): ManagedInstance {
  const { config, parts, addresses } = ground;
  const { ports } = addresses;
  const users = ownPagesOf(config);
  return ownInstance(ground, 'pages', 'pages', {
    // Backends admit the origins of the pages.
    waiting: config.users.map(({ name }) => name),
    settings: async () =>
      pagesSettings(config, {
        ports,
        tls: await parts.tls?.filesFor('pages'),
        sessionFileOf: (user) => parts.secrets.pathOf(pageSessionFile(user)),
      }),
    async configured(answer) {
      const opened = answer.type === 'ready' ? (answer.ports ?? {}) : {};
      for (const user of users) {
        const port = opened[user];
        if (port === undefined) throw noUrl(pageKey(user));
        ports.set(pageKey(user), port);
      }
      return users[0] && addresses.pageUrlOf(users[0]);
    },
  });
}

/** By which names a browser may have asked for what listens on a port here. */
export const originsAt = (port: number, tls: boolean): string[] => {
  const url = new URL(urlAt(port, tls));
  return [url.origin, `${url.protocol}//localhost:${port}`];
};
