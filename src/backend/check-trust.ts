import { Problem } from '../problem.ts';
import type { BackendConfig } from '../protocol/backend-config.ts';

/** Refuses to open a backend that would take anybody on the network for its owner. */
export function checkTrust({ user_id, host, owner_trust }: BackendConfig): void {
  const loopback = host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
  if (owner_trust.insecure && !loopback) throw insecureBeyondLoopback(user_id, host);
}

const insecureBeyondLoopback = (user: string, host: string) =>
  new Problem({
    code: 'insecure-beyond-loopback',
    message: `${user}'s backend does not listen on ${host} while it takes everybody for its owner.`,
    hint: 'Listen on 127.0.0.1, or set COLLAB_JWKS or COLLAB_JWT_SECRET instead of COLLAB_INSECURE.',
    exit: 2,
  });
