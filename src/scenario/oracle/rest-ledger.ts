import type { OutboxEntry } from '../../protocol/backend-rest.ts';
import type { UserId } from '../../protocol/ids.ts';
import type { Actor } from '../actor.ts';
import { contentText } from './content-text.ts';
import type { HeldComment, Ledger, LedgerPart, ReceivedRow, SentRow } from './ledger.ts';

type Api = Actor['api'];

/** The most rows that one answer has. */
const pageSize = { outbox: 500, inbox: 1000, notices: 500 } as const;

/** What REST never shows. */
const never: readonly LedgerPart[] = ['grants', 'fetching', 'leaving', 'causes'];

/**
 * Reads what any backend that keeps the contract shows its own user. Undefined where it does not answer what a ledger
 * needs at the least; a part beyond that is listed as unseen.
 * @throws Problem `not-the-contract`
 */
export async function readRestLedger(api: Api, user: UserId): Promise<Ledger | undefined> {
  const [positions, friends, outbox, notices, inbox] = await Promise.all([
    api('listPositions'),
    api('listFriends'),
    api('readOutbox', { query: { limit: pageSize.outbox } }),
    api('listNotifications', { query: { limit: pageSize.notices } }),
    readInbox(api),
  ]);
  if (positions.is !== 'done' || friends.is !== 'done') return undefined;
  const comments = await Promise.all(positions.answer.map(({ id }) => readThread(api, id)));
  const sent = outbox.is === 'done' ? outbox.answer.entries : [];
  const more = outbox.is !== 'done' || sent.length === pageSize.outbox;
  return {
    user,
    positions: positions.answer.map((position) => ({
      id: position.id,
      owner: position.owner_id,
      state: position.owner_id === user ? 'own' : 'copy',
      version: position.version,
      content: contentText(position),
    })),
    comments: comments.flatMap((thread) => thread ?? []),
    grants: positions.answer.flatMap(({ id, shared_with = [] }) =>
      shared_with.map((reader) => ({ position: id, reader })),
    ),
    // The newest come first.
    outbox: sent.toReversed().map((entry, n) => sentRow(entry, n + 1)),
    inbox: inbox ?? [],
    friends: friends.answer.map(({ user_id }) => ({ user: user_id, state: 'friend' })),
    notices:
      notices.is === 'done'
        ? notices.answer
            .toReversed()
            .flatMap(({ kind, event_id: event, from_user: from, position_id: position }) =>
              event === undefined
                ? []
                : [{ kind, event, ...(from && { from }), ...(position && { position }) }],
            )
        : [],
    unseen: [
      ...never,
      ...(more ? (['old outbox rows'] as const) : []),
      ...(inbox ? [] : (['inbox'] as const)),
      ...(comments.includes(undefined) ? (['threads'] as const) : []),
    ],
  };
}

const sentRow = (
  { event_id, to, type, position_id, stage, code, settled, attempts }: OutboxEntry,
  n: number,
): SentRow => ({
  n,
  event: event_id,
  to,
  type,
  position: position_id,
  stage,
  settled,
  attempts,
  ...(code !== undefined && { code }),
});

async function readThread(api: Api, id: HeldComment['position']): Promise<HeldComment[] | undefined> {
  const reply = await api('listComments', { params: { id } });
  if (reply.is !== 'done') return undefined;
  return reply.answer.map(({ id: comment, text, user }) => ({
    position: id,
    id: comment,
    author: user.id,
    text,
  }));
}

async function readInbox(api: Api): Promise<ReceivedRow[] | undefined> {
  const found: ReceivedRow[] = [];
  for (let after = 0; ; ) {
    const before = after;
    const reply = await api('readInbox', { query: { after, limit: pageSize.inbox } });
    if (reply.is !== 'done') return undefined;
    const { records } = reply.answer;
    for (const { n, event, outcome, code } of records) {
      after = n;
      found.push({
        n,
        from: event.from_user,
        event: event.id,
        type: event.type,
        position: event.data.position_id,
        outcome,
        ...(code !== undefined && { code }),
        ...(event.type === 'comment_added' && { comment: event.data.comment.id }),
      });
    }
    if (records.length < pageSize.inbox) return found;
    // It takes no notice of where the last page has ended, so nobody knows what would come next.
    if (after <= before) return undefined;
  }
}
