import process from 'node:process';
import { z } from 'zod';
import { badClients } from './bad-clients.ts';
import { tokenFor } from './tokens.ts';

/**
 * A process of attackers: `node attackers.ts URL COUNT PACE_MS [KIND]`, until it is killed. By IPC it says that it begins,
 * and then, now and again, how often each kind was thrown out.
 */
const [url, count, paceMs, only] = z
  .tuple([z.string(), z.coerce.number(), z.coerce.number(), z.string().optional()])
  .parse([...process.argv.slice(2), undefined].slice(0, 4));
const kinds = Object.entries(badClients).filter(([kind]) => only === undefined || kind === only);
const thrownOut = Object.fromEntries(kinds.map(([kind]) => [kind, 0]));
const tokens = await Promise.all(Array.from({ length: count }, (_, n) => tokenFor(`bad-${n}`)));

process.on('disconnect', () => process.exit(0));
process.send?.('ready');
setInterval(() => process.send?.(thrownOut), 200);
for (const [n, token] of tokens.entries()) {
  const [kind, client] = kinds[n % kinds.length] ?? [];
  if (kind === undefined || client === undefined) continue;
  void client({
    url,
    user: `bad-${n}`,
    token,
    accomplice: `bad-${(n + kinds.length) % count}`,
    signal: new AbortController().signal,
    paceMs,
    closed: () => {
      thrownOut[kind] = (thrownOut[kind] ?? 0) + 1;
    },
  });
}
