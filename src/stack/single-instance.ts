import { join } from 'node:path';
import type { z } from 'zod';
import type { UserId } from '../protocol/ids.ts';
import type { singleConfig } from '../protocol/single-config.ts';
import type { TlsFiles } from '../protocol/tls-files.ts';
import type { Trust } from '../protocol/tokens.ts';
import type { InstanceOptions } from './managed-instance.ts';
import { backendHop, backendSettings, loopback, oneBackend, publicPort } from './plan.ts';
import type { StackConfig } from './stack.ts';

/** The settings of the one process that serves all users. */
export function singleSettings(
  config: StackConfig,
  place: {
    readonly trust: Trust;
    readonly publicUrl: string | undefined;
    /** Of an earlier start, where it has to be kept. */
    readonly port: number | undefined;
    readonly tls: TlsFiles | undefined;
    /** Of all pages: a browser asks for leave before it says by a token whose page it is. */
    readonly pageOrigins: readonly string[];
  },
): z.input<typeof singleConfig> {
  const users = config.users.map((user) => {
    const dataDir = join(config.folder, 'data', user.name);
    const { friends, data_dir, owner_trust, page_origins, allow_private, acks, timing } = backendSettings(
      config,
      user,
      {
        trust: place.trust,
        tokenFile: undefined,
        publicUrl: undefined,
        pageOrigins: place.pageOrigins,
        dataDir,
        port: undefined,
        tls: undefined,
        authoritiesFile: undefined,
      },
    );
    const { name: user_id, displayName: display_name } = user;
    return {
      user_id,
      display_name,
      friends,
      data_dir,
      owner_trust,
      page_origins,
      allow_private,
      acks,
      timing,
    };
  });
  return {
    host: loopback,
    port: place.port ?? (config.links ? 0 : publicPort(config, 0)),
    ...(place.publicUrl && { public_url: place.publicUrl }),
    ...(place.tls && { tls: place.tls }),
    run_id: config.runId,
    users,
  };
}

/** The hop in front of the one backend. */
export const singleHop = backendHop(oneBackend);

/** A journal that tells what happens to the one process of each of its users too: they live and die with it. */
export function toldOfAll(
  journal: InstanceOptions['journal'],
  users: readonly UserId[],
): InstanceOptions['journal'] {
  return {
    follow: (target) => journal.follow(target),
    ring: (target) => journal.ring(target),
    leave: (target) => journal.leave(target),
    tell(happening) {
      journal.tell(happening);
      if (happening.type === 'process') for (const name of users) journal.tell({ ...happening, name });
    },
  };
}
