import type { RelayedAnswer } from '../client/relay-fetches.ts';
import type { UserId } from '../protocol/ids.ts';
import type { Address } from './address-guard.ts';
import { chooseWay, failuresBeforeRelay } from './checks/choose-way.ts';
import type { FetchOutcome } from './checks/judge-fetch.ts';
import { fetchJson } from './fetch-json.ts';

export interface AskPeerOptions {
  /** The address that a friend has registered; undefined until the relay tells it. */
  readonly registeredUrl: (user: UserId) => string | undefined;
  /** A token for a friend's backend. */
  readonly tokenFor: (callee: UserId) => Promise<string>;
  readonly admit: (address: Address) => boolean;
  /** Certificates in PEM by which others are known; undefined: the usual ones. */
  readonly authorities?: string | undefined;
  readonly timeoutMs: number;
  /** Asks without connecting to the peer; undefined where there is no other way. */
  readonly around: Around | undefined;
}

/** The same question by another way, with the peer token that the owner's backend will check. Never rejects. */
export type Around = (question: {
  readonly to: UserId;
  readonly path: string;
  readonly token: string;
}) => Promise<RelayedAnswer>;

/** GETs a path of a peer's backend, which begins with `/api/`, in this user's name. Never rejects. */
export type AskPeer = (user: UserId, path: string, signal: AbortSignal) => Promise<FetchOutcome<unknown>>;

/** The most that an answer may have, in bytes. */
const answerBytes = 256 * 1024;

interface Trouble {
  readonly failures: number;
  readonly triedAt: number;
}

/**
 * Asks peers directly, at the origin that they have registered and nowhere else, and after two failures to connect
 * through the relay: the peer may be behind a NAT. What it has answered over HTTP, whatever the status, is its answer.
 */
export function peerAsker(options: AskPeerOptions): AskPeer {
  const { registeredUrl, tokenFor, admit, authorities, timeoutMs, around } = options;
  const troubles = new Map<UserId, Trouble>();

  return async (user, path, signal) => {
    const registered = registeredUrl(user);
    if (registered === undefined) return { kind: 'unreachable', code: 'no_address' };
    if (!URL.canParse(registered)) return { kind: 'broken', code: 'bad_origin' };
    const token = await tokenFor(user);
    const { failures, triedAt } = troubles.get(user) ?? { failures: 0, triedAt: 0 };
    const now = performance.now();
    let direct: FetchOutcome<unknown> | undefined;
    if (chooseWay({ failures, triedAt, now, around: around !== undefined }) === 'direct') {
      const rules = { admit, authorities, timeoutMs, maxBytes: answerBytes, signal };
      const url = `${new URL(registered).origin}${path}`;
      direct = await fetchJson(url, { authorization: `Bearer ${token}` }, rules);
      if (direct.kind !== 'unreachable') {
        troubles.delete(user);
        return direct;
      }
      troubles.set(user, { failures: failures + 1, triedAt: performance.now() });
      if (!around || signal.aborted || failures + 1 < failuresBeforeRelay) return direct;
    }
    const relayed = around && outcomeOf(await around({ to: user, path, token }));
    // Then neither way is open: the straight one is as good as the other next time.
    if (relayed?.kind === 'unreachable') troubles.set(user, { failures: failuresBeforeRelay - 1, triedAt });
    return relayed ?? direct ?? { kind: 'unreachable', code: 'no_way' };
  };
}

function outcomeOf(answer: RelayedAnswer): FetchOutcome<unknown> {
  const via = 'relay';
  if (answer.kind === 'answered') {
    const { status, body } = answer;
    return status === 200 ? { kind: 'answered', status, answer: body, via } : { kind: 'status', status, via };
  }
  // A bigger answer has only the straight way, and that is closed.
  if (answer.code === 'too_big') return { kind: 'broken', code: 'too_big_for_relay', via };
  return { kind: 'unreachable', code: `relay_${answer.code}`, via };
}
