import { Problem } from '../problem.ts';
import type { UserId } from '../protocol/ids.ts';
import { backendAudience, relayAudience } from '../protocol/tokens.ts';
import type { Stack } from '../stack/stack.ts';
import type { StepContext } from './step-context.ts';

export const tokenKinds = ['own', 'none', 'expired', 'relay'] as const;
export type TokenKind = (typeof tokenKinds)[number];

/** `GET /path`, `GET $relay/path`, `$offer.data.share_url` */
export const requestPattern = /^((GET|POST|PUT|PATCH|DELETE) [/$]|\$)/;

/** Older than any leeway between clocks. */
const longAgoS = -3600;

export interface HttpTarget {
  readonly method: string;
  readonly url: URL;
  readonly relay: boolean;
}

/**
 * Where a request of a scenario goes: a path to the own backend, anything else where its reference leads.
 * @throws Problem `no-url`, `unknown-ref`
 */
export function targetOf(said: string, who: UserId, { names, stack }: StepContext): HttpTarget {
  const [, method = 'GET', where = said] = /^([A-Z]+) (.*)$/s.exec(said) ?? [];
  const resolved = names.text(where);
  const text = where.startsWith('/') ? `${stack.urlOf(who).replace(/\/$/, '')}${resolved}` : resolved;
  if (!URL.canParse(text)) throw noUrl(said, text);
  const url = new URL(text);
  return { method, url, relay: stack.topology === 'relay' && url.origin === new URL(stack.relayUrl).origin };
}

/** The bearer token of a request, or undefined for none. */
export async function tokenOf(
  kind: TokenKind,
  who: UserId,
  target: HttpTarget,
  stack: Stack,
): Promise<string | undefined> {
  const audience = target.relay || kind === 'relay' ? relayAudience : backendAudience(who);
  switch (kind) {
    case 'none':
      return undefined;
    case 'expired':
      return stack.tokenFor(who, audience, longAgoS);
    case 'own':
    case 'relay':
      return stack.tokenFor(who, audience);
    default:
      return kind satisfies never;
  }
}

const noUrl = (said: string, text: string) =>
  new Problem({ code: 'no-url', message: `"${said}" leads to "${text}", which is no URL.`, exit: 1 });
