import { randomInt } from 'node:crypto';
import { noFreePort } from './foreign-problems.ts';
import { isFree } from './ports.ts';

/**
 * Below the ports that the kernel gives to connections by chance (32768 on Linux, ip(7)), so that none of those takes one
 * while the command that is to listen there is still loading; and above what is usual for services.
 */
const range = { from: 18_000, to: 32_000 } as const;
const attempts = 200;

/**
 * A port that nobody listens on now, for a command that has to be told one. `taken` are those that were given away
 * already, to commands that do not listen yet.
 * @throws Problem `no-free-port`
 */
export async function choosePort(host: string, taken: ReadonlySet<number>, forWhom: string): Promise<number> {
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const port = randomInt(range.from, range.to);
    if (!taken.has(port) && (await isFree(host, port))) return port;
  }
  throw noFreePort(forWhom);
}
