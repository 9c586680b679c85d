import { randomInt, randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { between } from '../http/metrics/meters.ts';
import type { CloseWord } from '../protocol/close-codes.ts';
import { type AuthRefreshReply, authRefresh, friendsDeclaration } from '../protocol/handshake.ts';
import type { SubmitReply } from '../protocol/receipts.ts';
import type { Tell } from '../protocol/records.ts';
import { type CollabError, type Ready, tokenExpiring } from '../protocol/relay-socket.ts';
import type { Verified } from '../protocol/token-verifier.ts';
import { endOfToken, type Trust } from '../protocol/tokens.ts';
import { acknowledge } from './acknowledge.ts';
import type { Connection } from './connection.ts';
import type { FetchDesk } from './fetch-desk.ts';
import type { Lists } from './friendship.ts';
import { friendsOf, type Identity } from './identify.ts';
import type { Limits } from './limits.ts';
import { Member } from './member.ts';
import type { RelayMeter } from './meter.ts';
import type { Nodes } from './nodes/nodes.ts';
import { isOffence } from './offenders.ts';
import type { PresenceDesk } from './presence.ts';
import type { ReceiptsOutbox } from './receipts-outbox.ts';
import type { Roster } from './roster.ts';
import type { Submit } from './submit.ts';

/** setTimeout takes no longer wait. */
const longestWaitMs = 2 ** 31 - 1;

/** Between two slices of a drain. */
const sliceMs = 100;
/** Who is let go by a drain comes back within this. */
const backWithinMs = 1000;

export interface SessionsOptions {
  readonly roster: Roster;
  readonly presence: PresenceDesk;
  readonly limits: Limits;
  readonly receipts: ReceiptsOutbox;
  readonly submit: Submit;
  readonly fetches: FetchDesk;
  readonly trust: Trust;
  readonly verify: (token: string) => Promise<Verified>;
  readonly runId: string | undefined;
  /** How long before its end a token is warned about. */
  readonly tokenWarningMs: number;
  readonly meter: RelayMeter;
  readonly tell: Tell | undefined;
  /** Absent where this relay is the only node. */
  readonly nodes: Nodes | undefined;
}

/** What a face calls for one greeted connection. Payloads are as they came; none of these throws on any of them. */
export interface Session {
  submit(raw: unknown): SubmitReply;
  acknowledge(raw: unknown): void;
  /** A question for another backend, and an answer to one. */
  fetch(raw: unknown): void;
  fetched(raw: unknown): void;
  declareFriends(raw: unknown): void;
  refresh(raw: unknown): Promise<AuthRefreshReply>;
  bye(): void;
  /** A ping, which is paid for like an acknowledgement. */
  pinged(): void;
  /** What was sent is not being read, and the hard limit of the buffer is passed. */
  overflowed(): void;
  /** The connection has ended, by whomever. */
  ended(code?: string): void;
}

/** The lives of connections, from the greeting to the end. */
export class Sessions implements Disposable {
  readonly #options: SessionsOptions;
  /** Who is connected, with the timer of its token's end. */
  readonly #living = new Map<Member, NodeJS.Timeout>();
  #draining = false;

  constructor(options: SessionsOptions) {
    this.#options = options;
  }

  /** Greets and seats a user. Undefined: it was refused, and its connection is closed. */
  open(identity: Identity, connection: Connection): Session | undefined {
    const { roster, presence, limits, runId, tell } = this.#options;
    if (this.#draining) return this.#refuse(identity, connection, 'draining');
    if (limits.offenders.isBarred(identity.user, connection.address, performance.now())) {
      return this.#refuse(identity, connection, 'abuse');
    }
    const old = roster.get(identity.user);
    if (old && isLate(identity, old)) return this.#refuse(identity, connection, 'replaced');
    if (!old && roster.size >= limits.settings.connections) return this.#refuse(identity, connection, 'full');

    const budgets = limits.budgetsOf(identity.user, performance.now());
    const member = new Member(identity, randomUUID(), connection, budgets, Date.now());
    const { tokenExpiresAt } = member;
    const greeting: Ready = {
      user_id: member.user,
      conn_id: member.connId,
      ...(runId !== undefined && { run_id: runId }),
      server_time: new Date().toISOString(),
      ...(tokenExpiresAt !== undefined && { token_expires_at: new Date(tokenExpiresAt).toISOString() }),
    };
    member.send('ready', JSON.stringify(greeting));
    tell?.({ type: 'connection', user: member.user, state: 'connected', connection: member.connId });
    this.#options.meter.opened.add(connection.face);
    this.#tellFriends(member);
    presence.arrive(member);
    this.#watchExpiry(member);
    if (old) {
      this.#ended(old, 'replaced');
      old.connection.close('replaced');
    }
    return {
      submit: (raw) => {
        member.received += 1;
        member.lastSeen = Date.now();
        return this.#options.submit(member, raw);
      },
      acknowledge: (raw) => this.#acknowledge(member, raw),
      fetch: (raw) => {
        member.received += 1;
        this.#options.fetches.ask(member, raw);
      },
      fetched: (raw) => {
        member.received += 1;
        this.#options.fetches.answer(member, raw);
      },
      declareFriends: (raw) => this.#declareFriends(member, raw),
      refresh: (raw) => this.#refresh(member, raw),
      bye: () => {
        member.received += 1;
        member.saidBye = true;
      },
      pinged: () => void this.#payControl(member),
      overflowed: () => this.close(member, 'slow_consumer'),
      ended: (code) => this.#ended(member, code),
    };
  }

  /**
   * Ends a member's connection: it is gone for the relay at once, however long its socket takes. `isElsewhere`: it has a
   * newer one on another node.
   */
  close(member: Member, word: CloseWord, isElsewhere = false): void {
    this.#ended(member, word, isElsewhere);
    member.connection.close(word);
  }

  /**
   * Lets everybody go, in slices over a time, each told to come back soon and at another moment than the others; nobody
   * is let in any more. With few there are few slices, so it ends earlier then.
   */
  async drain(withinMs: number): Promise<void> {
    this.#draining = true;
    const members = [...this.#living.keys()];
    const inSlice = Math.max(1, Math.ceil(members.length / Math.max(1, Math.floor(withinMs / sliceMs))));
    for (let from = 0; from < members.length; from += inSlice) {
      if (from > 0) await wait(sliceMs);
      for (const member of members.slice(from, from + inSlice)) {
        if (!this.#living.has(member)) continue;
        member.send('server_draining', JSON.stringify({ reconnect_in_ms: randomInt(backWithinMs) }));
        this.close(member, 'draining');
      }
    }
  }

  #refuse({ user }: Identity, connection: Connection, word: CloseWord): undefined {
    this.#options.tell?.({ type: 'connection', user, state: 'refused', code: word });
    this.#options.meter.refused.add(word);
    connection.close(word);
    return undefined;
  }

  #ended(member: Member, code: string | undefined, isElsewhere = false): void {
    const timer = this.#living.get(member);
    if (!timer) return;
    clearTimeout(timer);
    this.#living.delete(member);
    const { user, connId, connection } = member;
    if (isOffence(code)) this.#options.limits.offenders.strike(user, connection.address, performance.now());
    this.#options.meter.closed.add(`${connection.face}${between}${code ?? 'closed'}`);
    this.#options.tell?.({
      type: 'connection',
      user,
      state: 'disconnected',
      connection: connId,
      ...(code !== undefined && { code }),
    });
    this.#options.presence.leave(member, isElsewhere);
  }

  #acknowledge(member: Member, raw: unknown): void {
    member.received += 1;
    if (!this.#payControl(member)) return;
    if (!acknowledge(member, raw, this.#options)) complain(member, 'bad_ack', 'This is no acknowledgement.');
  }

  #declareFriends(member: Member, raw: unknown): void {
    member.received += 1;
    if (!this.#payControl(member)) return;
    const parsed = friendsDeclaration.safeParse(raw);
    if (!parsed.success) {
      complain(member, 'bad_friends', 'This is no list of friends.');
      return;
    }
    member.declared = true;
    this.#relist(member, { friends: new Set(parsed.data.friends), leaving: new Set(parsed.data.leaving) });
  }

  async #refresh(member: Member, raw: unknown): Promise<AuthRefreshReply> {
    member.received += 1;
    if (!this.#payControl(member)) return { ok: false, code: 'limited' };
    const parsed = authRefresh.safeParse(raw);
    if (!parsed.success) return { ok: false, code: 'bad_token' };
    const verified = await this.#options.verify(parsed.data.token);
    if (!verified.ok) return { ok: false, code: verified.code };
    const { sub, exp, friends } = verified.claims;
    if (sub !== member.user) return { ok: false, code: 'forbidden' };
    if (!this.#living.has(member)) return { ok: false, code: 'disconnected' };
    member.tokenExpiresAt = exp * 1000;
    this.#watchExpiry(member);
    if (!member.declared && friends) {
      this.#relist(member, { ...member.lists, friends: friendsOf(friends, this.#options.trust) });
    }
    return { ok: true, expires_at: new Date(member.tokenExpiresAt).toISOString() };
  }

  #relist(member: Member, lists: Lists): void {
    if (!this.#living.has(member)) return;
    this.#options.presence.relist(member, lists);
    this.#tellFriends(member);
  }

  /** One control frame; who sends too many hears of it once each time that the bucket shuts. */
  #payControl(member: Member): boolean {
    const { budgets } = member;
    const now = performance.now();
    const wait = budgets.control.take(1, now);
    if (wait === 0) return true;
    const { hits, isFirst } = budgets.hammeringControl.hit(now, wait);
    if (isFirst) complain(member, 'limited', 'Too many control frames.', wait);
    if (hits >= this.#options.limits.settings.hammering) this.close(member, 'abuse');
    return false;
  }

  /** Warns before the token's end and closes at it; a token that is within the leeway already is let to its end. */
  #watchExpiry(member: Member, warned = false): void {
    clearTimeout(this.#living.get(member));
    const now = Date.now();
    const { tokenExpiresAt } = member;
    const until =
      tokenExpiresAt === undefined ? Number.POSITIVE_INFINITY : endOfToken(tokenExpiresAt / 1000, now);
    const next = warned ? until : until - this.#options.tokenWarningMs;
    const wait = Math.min(longestWaitMs, Math.max(0, next - now));
    const timer = setTimeout(() => {
      if (wait === longestWaitMs) this.#watchExpiry(member, warned);
      else if (warned) this.close(member, 'token_expired');
      else {
        complain(
          member,
          tokenExpiring,
          'The token ends soon: send a new one, or this connection ends with it.',
          0,
        );
        this.#watchExpiry(member, true);
      }
    }, wait);
    this.#living.set(member, timer.unref());
  }

  #tellFriends({ user, lists }: Member): void {
    const { tell } = this.#options;
    if (!tell) return;
    if (lists.friends === 'everybody') {
      tell({ type: 'note', level: 'info', code: 'no_friends_declared', text: `${user} trusts everybody.` });
      return;
    }
    tell({ type: 'friends', user, friends: [...lists.friends], leaving: [...lists.leaving] });
  }

  [Symbol.dispose](): void {
    for (const timer of this.#living.values()) clearTimeout(timer);
    this.#living.clear();
  }
}

/** An older connection of the same running copy, overtaken on its way by a newer one. */
function isLate(identity: Identity, seated: Member): boolean {
  return (
    identity.instance !== undefined &&
    identity.instance === seated.instance &&
    identity.attempt < seated.attempt
  );
}

function complain(member: Member, code: string, message: string, retryAfterMs?: number): void {
  const error: CollabError = {
    code,
    message,
    retryable: retryAfterMs !== undefined,
    ...(retryAfterMs !== undefined && { retry_after_ms: retryAfterMs }),
  };
  member.send('collab_error', JSON.stringify(error));
}
