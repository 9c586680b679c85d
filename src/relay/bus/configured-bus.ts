import { Problem } from '../../problem.ts';
import type { RelayConfig } from '../../protocol/relay-config.ts';
import type { OpenBus } from './bus.ts';
import { derivedKey } from './seal.ts';

/** The bus that the settings name; undefined for a relay that is the only node. What speaks Redis is only read then. */
export async function configuredBus({ redis }: RelayConfig): Promise<OpenBus | undefined> {
  if (!redis) return undefined;
  const { openRedisBus } = await import('./redis-bus.ts');
  return (events) => openRedisBus(redis, events);
}

/**
 * What seals the frames between nodes: the key of the settings, or one derived from the secret that all nodes check
 * tokens with. A relay that believes everybody has no secrets to keep.
 * @throws Problem where there is neither
 */
export function busKey({ bus_key: key, trust }: RelayConfig): Buffer {
  const secret = key ?? trust.hs256_secret ?? (trust.insecure ? 'insecure' : undefined);
  if (secret === undefined) throw noBusKey();
  return derivedKey(secret);
}

const noBusKey = () =>
  new Problem({
    code: 'no-bus-key',
    message: 'The nodes of this relay have no secret in common, so anybody in Redis could speak for them.',
    hint: 'Set COLLAB_BUS_KEY to the same 32 characters or more on every node.',
    exit: 2,
  });
