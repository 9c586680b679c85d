import type { OpenJournal } from '../journal/open-journal.ts';
import type { Addresses } from './addresses.ts';
import type { Role } from './children.ts';
import { manageInstance } from './instance.ts';
import type { Issuer } from './issuer.ts';
import type { LinksControl } from './links-control.ts';
import type { Death, InstanceOptions, ManagedInstance } from './managed-instance.ts';
import type { ProcessPool } from './pool.ts';
import { untilReady } from './ready.ts';
import type { RedisPlace } from './redis.ts';
import type { Secrets } from './secrets.ts';
import type { StackConfig } from './stack.ts';
import type { RunTls } from './tls/run-tls.ts';
import type { TokenFiles } from './token-files.ts';

export interface StackParts {
  readonly pool: ProcessPool;
  readonly journal: OpenJournal;
  readonly issuer: Issuer;
  readonly tokens: TokenFiles;
  /** What the users' pages are told, which the pages' host reads. */
  readonly sessions: TokenFiles;
  readonly secrets: Pick<Secrets, 'pathOf'>;
  /** Undefined: everything speaks without TLS. */
  readonly tls: RunTls | undefined;
  readonly startMs: number;
  readonly onDeath: (death: Death) => void;
  /** One that had died runs again. */
  readonly onRestart: () => void;
  /** Where the nodes of the relay meet; undefined where there is only one. */
  readonly redis: { readonly place: RedisPlace; readonly config: () => Promise<string> } | undefined;
}

/** What every process of a stack is made from. */
export interface Ground {
  readonly config: StackConfig;
  readonly parts: StackParts;
  readonly addresses: Addresses;
  readonly links: LinksControl;
  /** Resolves when everything runs that backends stand on. */
  readonly base: Promise<unknown>;
}

/** What all instances of one stack have in common. */
export const sharedOptions = ({ config, parts: { journal, startMs, onDeath } }: Ground) => ({
  runFolder: config.folder,
  journal,
  startMs,
  onDeath,
});

type Special = Pick<InstanceOptions, 'settings' | 'configured' | 'waiting'> &
  Partial<Pick<InstanceOptions, 'journal' | 'onChange'>> & {
    /** Whether `/readyz` may go on waiting for something; absent: there is no `/readyz` to ask. */
    readonly mayWait?: () => boolean;
  };

/** A process of ours, from the pool. */
export function ownInstance(
  ground: Ground,
  name: string,
  role: Role,
  { mayWait, ...special }: Special,
): ManagedInstance {
  const { pool, tls } = ground.parts;
  const { runId } = ground.config;
  const authorities = tls?.authorities;
  return manageInstance({
    ...sharedOptions(ground),
    name,
    role,
    processes: { lease: (log: string) => pool.lease(role, log), giveBack: pool.giveBack },
    ...(mayWait && {
      untilReady: async ({ url, signal, seen }) => {
        if (url !== undefined) await untilReady({ name, url, runId, authorities, mayWait, signal, seen });
      },
    }),
    ...special,
  });
}
