import { messageOf } from '../../problem.ts';
import { holderOf, isFree, type WantedPort } from '../../stack/ports.ts';
import { type Check, failure, ok } from './check.ts';

/** Whether each port that `up` and its services would listen on is free, and who holds it where /proc says so. */
export async function checkPorts(host: string, wanted: readonly WantedPort[]): Promise<Check> {
  const fixed = wanted.filter(({ port }) => port > 0);
  if (fixed.length === 0) return ok('ports', 'Any free ports are taken.');
  const taken: string[] = [];
  for (const { port, what } of fixed) {
    const trouble = await troubleWith(host, port);
    if (trouble !== undefined) taken.push(`Port ${port}, for ${what}, ${trouble}.`);
  }
  if (taken.length === 0) return ok('ports', `The ports are free: ${listed(fixed)}.`);
  return failure(
    'ports',
    taken.join('\n'),
    'Stop that process ("collab-dev down", if it is a stack of yours), or start with "collab-dev up --ports auto" or "collab-dev up --port-base".',
  );
}

async function troubleWith(host: string, port: number): Promise<string | undefined> {
  try {
    if (await isFree(host, port)) return undefined;
  } catch (error) {
    return `cannot be had: ${messageOf(error)}`;
  }
  const holder = await holderOf(port).catch(() => undefined);
  return `is held by ${holder ? `process ${holder.pid} (${holder.command})` : 'another process'}`;
}

/** `3000-3002, 9000`. */
function listed(wanted: readonly WantedPort[]): string {
  const ports = wanted.map(({ port }) => port).toSorted((a, b) => a - b);
  const stretches: [number, number][] = [];
  for (const port of ports) {
    const last = stretches.at(-1);
    if (last && port <= last[1] + 1) last[1] = port;
    else stretches.push([port, port]);
  }
  return stretches.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(', ');
}
