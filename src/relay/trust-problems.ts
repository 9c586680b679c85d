import { Problem } from '../problem.ts';
import type { RelayConfig } from '../protocol/relay-config.ts';

/** Refuses to open a relay that would believe nobody, or believe anybody from the network. */
export function checkTrust({ host, trust }: RelayConfig): void {
  if (trust.insecure && !isLoopback(host)) throw insecureBeyondLoopback(host);
  if (!trust.insecure && !trust.jwks && trust.hs256_secret === undefined) throw nobodyTrusted();
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

const insecureBeyondLoopback = (host: string) =>
  new Problem({
    code: 'insecure-beyond-loopback',
    message: `The relay does not listen on ${host} while it takes users at their word.`,
    hint: 'Listen on 127.0.0.1, or give it a key to check tokens with instead of --insecure.',
    exit: 2,
  });

const nobodyTrusted = () =>
  new Problem({
    code: 'nobody-trusted',
    message: 'The relay has no key to check tokens with, so nobody could connect.',
    hint: 'Set COLLAB_JWT_SECRET, give it a JWKS, or use --insecure on this machine only.',
    exit: 2,
  });
