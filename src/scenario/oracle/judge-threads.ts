import { areFriends, cameToNothing, type Evidence, pairs, sees } from './evidence.ts';
import type { OracleFinding } from './finding.ts';
import { isGivenAway } from './judge-copies.ts';
import type { HeldComment, HeldPosition, Ledger, SentRow } from './ledger.ts';

/** Holds every reader's thread against the owner's, and every comment against its author's own backend. */
export function judgeThreads(evidence: Evidence): OracleFinding[] {
  const found: OracleFinding[] = [];
  for (const [owner, reader] of pairs(evidence)) {
    if (!sees(owner, 'threads') || !sees(reader, 'threads')) continue;
    for (const position of owner.positions.filter(({ state }) => state === 'own')) {
      found.push(...forged(position, owner, reader, evidence));
      const copy = reader.positions.find(({ id, owner: of }) => id === position.id && of === owner.user);
      const granted = owner.grants.some((one) => one.position === position.id && one.reader === reader.user);
      if (copy?.state === 'copy' && granted && areFriends(owner, reader)) {
        found.push(...diverged(position, owner, reader, evidence));
      }
    }
  }
  return found;
}

const threadOf = ({ id }: HeldPosition, { comments }: Ledger): HeldComment[] =>
  comments.filter(({ position }) => position === id);

/** The rows that carry a comment; where a driver does not see what rows carry, all that may. */
const carriers = (comment: HeldComment, from: Ledger, to: Ledger): SentRow[] =>
  from.outbox.filter(
    (row) =>
      row.to === to.user &&
      row.type === 'comment_added' &&
      row.position === comment.position &&
      (sees(from, 'grants') ? row.comment === comment.id : true),
  );

function diverged(
  position: HeldPosition,
  owner: Ledger,
  reader: Ledger,
  evidence: Evidence,
): OracleFinding[] {
  const { labelOf, settled } = evidence;
  const [there, here] = [threadOf(position, owner), threadOf(position, reader)];
  const label = labelOf(position.id);
  const at = { position: position.id, certain: settled } as const;
  const found: OracleFinding[] = [];
  for (const comment of missingIn(here, there)) {
    const rows =
      comment.author === reader.user ? carriers(comment, reader, owner) : carriers(comment, owner, reader);
    const recipient = comment.author === reader.user ? owner : reader;
    if (rows.some((row) => !row.settled || cameToNothing(row) || isGivenAway(row, recipient))) continue;
    const message = `${comment.author}'s comment on ${owner.user}'s ${label} is missing in ${reader.user}'s thread.`;
    found.push({ ...at, name: 'lost', user: reader.user, message, event: rows.at(-1)?.event });
  }
  for (const comment of missingIn(there, here)) {
    const isOwn = comment.author === reader.user;
    const rows = isOwn ? carriers(comment, reader, owner) : carriers(comment, owner, reader);
    if (rows.some((row) => !row.settled || isGivenAway(row, isOwn ? owner : reader))) continue;
    const what = `${comment.author}'s comment on ${owner.user}'s ${label}`;
    const event = rows.at(-1)?.event;
    if (isOwn && rows.some(cameToNothing)) {
      const message = `${what} is still in ${reader.user}'s thread, though ${owner.user} did not take it.`;
      found.push({ ...at, name: 'stale', user: reader.user, message, event });
    } else if (isOwn || rows.length > 0) {
      const message = `${what} is in ${reader.user}'s thread and missing in ${owner.user}'s own.`;
      found.push({ ...at, name: 'lost', user: owner.user, message, event });
    } else {
      const message = `${what} is in ${reader.user}'s thread, and ${owner.user} never sent it.`;
      found.push({ ...at, name: 'forged', user: reader.user, message });
    }
  }
  return found;
}

/** The comments of the second thread that the first one has not got. */
function missingIn(thread: readonly HeldComment[], other: readonly HeldComment[]): HeldComment[] {
  const ids = new Set(thread.map(({ id }) => id));
  return other.filter(({ id }) => !ids.has(id));
}

/** A comment at the owner under an author's name, which this author's backend does not know and never sent. */
function forged(position: HeldPosition, owner: Ledger, author: Ledger, evidence: Evidence): OracleFinding[] {
  if (!sees(author, 'grants') || !sees(author, 'old outbox rows') || !sees(owner, 'inbox')) return [];
  return threadOf(position, owner)
    .filter(
      (comment) =>
        comment.author === author.user &&
        // That the author has it may be the owner's doing, who brings it to every reader.
        !author.comments.some(({ id, carrier }) => id === comment.id && carrier !== undefined) &&
        !author.outbox.some((row) => row.comment === comment.id) &&
        !owner.inbox.some((row) => row.from === author.user && row.comment === comment.id),
    )
    .map(({ id }) => {
      const carrier = owner.inbox.find(({ comment }) => comment === id);
      const from = carrier ? `; it came from ${carrier.from}` : '';
      return {
        name: 'forged',
        message: `${owner.user}'s thread of ${evidence.labelOf(position.id)} has a comment by ${author.user}, whose backend knows nothing of it${from}.`,
        certain: true,
        user: owner.user,
        position: position.id,
        event: carrier?.event,
      } as const;
    });
}
