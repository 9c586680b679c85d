import { Problem } from '../problem.ts';
import { isLoopback } from '../protocol/loopback.ts';
import type { RelayConfig } from '../protocol/relay-config.ts';
import { hasKeys } from '../protocol/tokens.ts';

/** Refuses to open a relay that would believe nobody, believe anybody from the network, or be read by anybody there. */
export function checkTrust({ host, trust, tls, behind_proxy: behindProxy }: RelayConfig): void {
  if (trust.insecure && !isLoopback(host)) throw insecureBeyondLoopback(host);
  if (!trust.insecure && !hasKeys(trust)) throw nobodyTrusted();
  if (!isLoopback(host) && !tls && !behindProxy) throw plainAbroad(host);
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
    hint: 'Set COLLAB_JWT_SECRET, COLLAB_JWKS or COLLAB_JWKS_URL, or use --insecure on this machine only.',
    exit: 2,
  });

const plainAbroad = (host: string) =>
  new Problem({
    code: 'plain-abroad',
    message: `The relay speaks without TLS, and ${host} is not a loopback address: tokens would be readable on the way.`,
    hint: 'Give it a certificate with --tls-cert and --tls-key, or put a proxy with TLS in front and say --behind-proxy.',
    exit: 2,
  });
