import type { UserId } from '../protocol/ids.ts';
import type { PagesConfig } from '../protocol/pages-config.ts';
import type { TlsFiles } from '../protocol/tls-files.ts';
import { loopback, pagePort, urlAt } from './plan.ts';
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
    pages: config.users.map(({ name }, index) => ({
      user_id: name,
      port: ports.get(pageKey(name)) ?? pagePort(config, index),
      session_file: sessionFileOf(name),
    })),
  };
}

/** By which names a browser may have asked for what listens on a port here. */
export const originsAt = (port: number, tls: boolean): string[] => {
  const url = new URL(urlAt(port, tls));
  return [url.origin, `${url.protocol}//localhost:${port}`];
};
