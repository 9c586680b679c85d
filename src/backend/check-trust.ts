import { Problem } from '../problem.ts';
import type { BackendConfig } from '../protocol/backend-config.ts';
import { isLoopback } from '../protocol/loopback.ts';

/** Refuses to open a backend that would take anybody on the network for its owner, or be read by anybody there. */
export function checkTrust({ user_id, host, owner_trust, tls, behind_proxy }: BackendConfig): void {
  if (owner_trust.insecure && !isLoopback(host)) throw insecureBeyondLoopback(user_id, host);
  if (!isLoopback(host) && !tls && !behind_proxy) throw plainAbroad(user_id, host);
}

const insecureBeyondLoopback = (user: string, host: string) =>
  new Problem({
    code: 'insecure-beyond-loopback',
    message: `${user}'s backend does not listen on ${host} while it takes everybody for its owner.`,
    hint: 'Listen on 127.0.0.1, or set COLLAB_JWKS or COLLAB_JWT_SECRET instead of COLLAB_INSECURE.',
    exit: 2,
  });

const plainAbroad = (user: string, host: string) =>
  new Problem({
    code: 'plain-abroad',
    message: `${user}'s backend speaks without TLS, and ${host} is not a loopback address: tokens would be readable on the way.`,
    hint: 'Give it a certificate with --tls-cert and --tls-key, or put a proxy with TLS in front and say --behind-proxy.',
    exit: 2,
  });
