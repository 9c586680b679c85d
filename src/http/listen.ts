import type { Server } from 'node:net';
import { Problem } from '../problem.ts';

export interface ListenTarget {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** Who listens, as the subject of a sentence: `The relay`, `alice's backend`. */
  readonly what: string;
  /** Of the URL; `http` where nothing is said. */
  readonly scheme?: 'http' | 'https';
}

/** Resolves when the server accepts connections; `url` is `scheme://host:port`. Rejects with a Problem. */
export function listen(
  server: Server,
  { host, port, what, scheme = 'http' }: ListenTarget,
): Promise<{ readonly port: number; readonly url: string }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ port: number; url: string }>();
  const failed = (cause: NodeJS.ErrnoException) =>
    reject(
      cause.code === 'EADDRINUSE' ? portTaken(what, port, cause) : cannotListen(what, host, port, cause),
    );
  server.once('error', failed);
  server.listen({ host, port }, () => {
    server.off('error', failed);
    const address = server.address();
    const taken = typeof address === 'object' && address ? address.port : port;
    resolve({ port: taken, url: `${scheme}://${reachable(host)}:${taken}` });
  });
  return promise;
}

/** The host to dial for a host that was listened on: "any address" is nothing that can be dialled. */
function reachable(host: string): string {
  if (host === '0.0.0.0' || host === '::') return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
}

const portTaken = (what: string, port: number, cause: unknown) =>
  new Problem({
    code: 'port-taken',
    message: `${what} cannot listen on port ${port}: another process holds it.`,
    hint: 'Stop that process, choose another port, or use port 0 to take any free one.',
    cause,
  });

const cannotListen = (what: string, host: string, port: number, cause: NodeJS.ErrnoException) =>
  new Problem({
    code: 'cannot-listen',
    message: `${what} cannot listen on ${host}, port ${port}: ${cause.message}.`,
    hint: 'Check that the address belongs to this machine and that the port may be used (below 1024 often not).',
    cause,
  });
