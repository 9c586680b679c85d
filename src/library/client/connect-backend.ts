import { z } from 'zod';
import type { CollabClient as InnerClient } from '../../client/collab-client.ts';
import { openCollabClient as openInner } from '../../client/open-collab-client.ts';
import { loadOrMakePeerKey } from '../../client/peer-key.ts';
import { peerTokens, verifyPeerToken } from '../../client/peer-token.ts';
import { inTransaction } from '../../client/transaction.ts';
import { Problem } from '../../problem.ts';
import type { OutboxEntry } from '../../protocol/backend-rest.ts';
import { backendUrl, friendsDeclaration } from '../../protocol/handshake.ts';
import { cause, type EventId, eventId, positionId, type UserId, userId } from '../../protocol/ids.ts';
import type { Presence as InnerPresence } from '../../protocol/presence.ts';
import type {
  Answer,
  ClientOptions,
  CollabClient,
  OutgoingEvent,
  Presence,
  Receipt,
} from './client-types.ts';
import { openPinnedKeys } from './pinned-keys.ts';

const ms = z.number().min(0);

/** What of the options can be wrong although the types are right. */
const checked = z.object({
  user: userId,
  displayName: z.string().min(1).max(120).optional(),
  backendUrl,
  relayUrl: z.url({ protocol: /^(https?|wss?)$/ }),
  dataDir: z.string().min(1),
  outboxLimit: z.int().min(1).default(10_000),
  outboxAgeMs: ms.optional(),
  timing: z
    .object({
      ackDelayMs: ms.default(20),
      replyTimeoutMs: ms.default(5000),
      sweepMs: ms.default(45_000),
      reconnectMinMs: ms.default(500),
      reconnectMaxMs: ms.default(30_000),
    })
    .prefault({}),
});

/** Connects a backend whose author knows only the published types to the client that our own backends use. */
export async function connectBackend(options: ClientOptions): Promise<CollabClient> {
  const parsed = checked.safeParse(options);
  if (!parsed.success) throw badOptions(parsed.error);
  const { user, displayName = user, outboxLimit, outboxAgeMs, timing } = parsed.data;
  const { db, apply, token, authorities, friends } = options;
  const key = loadOrMakePeerKey(options.dataDir);
  const pinned = openPinnedKeys(db);
  const { tokenFor } = peerTokens(user, key);

  const inner = await openInner({
    db,
    user,
    displayName,
    backendUrl: parsed.data.backendUrl,
    collabUrl: parsed.data.relayUrl,
    authorities,
    token: async () => (typeof token === 'function' ? await token() : token)?.trim(),
    friends() {
      const named = friends();
      return friendsDeclaration.parse('friends' in named ? named : { friends: named });
    },
    peerKey: key.publicKey,
    acks: true,
    timing,
    outboxLimit,
    outboxAgeMs,
    apply,
    onCommitted: ({ event, outcome }) => options.onCommitted?.(event, outcome),
    onOutbox: (entry) => options.onReceipt?.(receiptOf(entry)),
    onSettled: () => {},
    onPresence(presence) {
      const isNew = presence.peer_key ? pinned.pin(presence.user_id, presence.peer_key) : false;
      options.onPresence?.(presenceOf(presence, isNew));
    },
    onConnection: (connected) => options.onConnection?.(connected),
    onSkipped: (from) => options.onSkipped?.(from),
    ...(options.onQuestion && { onQuestion: options.onQuestion }),
    tell(happening) {
      if (happening.type === 'note' && happening.level === 'warn') {
        options.onWarning?.(happening.code, happening.text);
      }
    },
  });
  return {
    get connected() {
      return inner.connected;
    },
    ready: inner.ready,
    transaction(work) {
      const result = inTransaction(db, () => work((event) => enqueue(inner, event)));
      inner.committed();
      return result;
    },
    friendsChanged: () => inner.friendsChanged(),
    presenceOf(name) {
      const found = inner.presenceOf(userId.parse(name));
      return found && presenceOf(found, false);
    },
    receipts: ({ eventId: id, limit = 100 } = {}) =>
      inner.outbox({ limit, ...(id !== undefined && { eventId: eventId.parse(id) }) }).entries.map(receiptOf),
    get pending() {
      return inner.outbox({ limit: 1 }).pending;
    },
    peerToken: (callee) => tokenFor(userId.parse(callee)),
    verifyPeer: (given) => verifyPeerToken(given, user, (caller) => pinned.of(caller)),
    async ask(owner, path): Promise<Answer> {
      const to = userId.parse(owner);
      const answer = await inner.ask({ to, path, token: await tokenFor(to) });
      return answer.kind === 'answered'
        ? { status: answer.status, body: answer.body }
        : { code: answer.code };
    },
    publicKey: key.publicKey,
    [Symbol.asyncDispose]: () => inner[Symbol.asyncDispose](),
  };
}

function enqueue(client: InnerClient, { type, data, to, cause: given }: OutgoingEvent): EventId {
  const names: readonly string[] = typeof to === 'string' ? [to] : to;
  return client.enqueue({
    type,
    data: { ...data, position_id: positionId.parse(data.position_id) },
    to: names.map((name): UserId => userId.parse(name)),
    cause: cause.optional().parse(given),
  });
}

const receiptOf = ({ created_at, updated_at, ...receipt }: OutboxEntry): Receipt => receipt;

const presenceOf = (
  { user_id, status, display_name, last_seen, backend_url }: InnerPresence,
  isNew: boolean,
): Presence => ({ user_id, status, display_name, last_seen, backend_url, key_changed: isNew });

const badOptions = (error: z.ZodError) =>
  new Problem({
    code: 'bad-options',
    message: `The client cannot be opened with these options: ${error.issues
      .map(({ path, message }) => `${path.join('.')}: ${message}`)
      .join('; ')}.`,
    exit: 2,
  });
