import {
  areFriends,
  cameToNothing,
  type Evidence,
  everDeclared,
  friendship,
  isMerged,
  pairs,
  sees,
} from './evidence.ts';
import type { OracleFinding } from './finding.ts';
import type { HeldPosition, Ledger, SentRow } from './ledger.ts';
import { shareKey } from './traffic.ts';

/** Holds every reader's copies against what their owner's database says that this reader may see. */
export function judgeCopies(evidence: Evidence): OracleFinding[] {
  return [...pairs(evidence)].flatMap(([owner, reader]) => {
    const own = owner.positions.filter(({ state }) => state === 'own');
    const ids = new Set(own.map(({ id }) => id));
    return [
      ...own.flatMap((position) => judgeCopy(position, owner, reader, evidence)),
      ...copiesOf(owner, reader)
        .filter(({ id }) => !ids.has(id))
        .map(({ id }) =>
          finding(
            'leak',
            `${owner.user}'s ${evidence.labelOf(id)}, which ${owner.user} has not got`,
            true,
            id,
            reader,
          ),
        ),
    ];
  });
}

const copiesOf = (owner: Ledger, reader: Ledger): HeldPosition[] =>
  reader.positions.filter((held) => held.owner === owner.user && held.state === 'copy');

const finding = (
  name: OracleFinding['name'],
  what: string,
  certain: boolean,
  position: HeldPosition['id'],
  { user }: Ledger,
  event?: SentRow['event'],
): OracleFinding => ({ name, message: `${user} holds ${what}.`, certain, user, position, event });

function judgeCopy(
  position: HeldPosition,
  owner: Ledger,
  reader: Ledger,
  evidence: Evidence,
): OracleFinding[] {
  const { id } = position;
  const held = reader.positions.find((one) => one.id === id && one.owner === owner.user);
  const granted = owner.grants.find((one) => one.position === id && one.reader === reader.user);
  if (held?.state !== 'copy') {
    return granted && areFriends(owner, reader)
      ? missing(position, granted.share, held, owner, reader, evidence)
      : [];
  }
  const { labelOf, settled } = evidence;
  const copy = `a copy of ${owner.user}'s ${labelOf(id)}`;
  if (friendship(reader, owner.user) !== 'friend') {
    const ended = everDeclared(evidence, reader.user, owner.user);
    const why = ended ? 'after their friendship has ended' : 'and is no friend';
    return [finding(ended ? 'zombie' : 'leak', `${copy} ${why}`, settled, id, reader)];
  }
  if (granted) return stale(position, held, owner, reader, evidence);
  const revokes = rowsAbout(id, owner, reader).filter(({ type }) => type === 'share_revoked');
  // On its way, or given up where its user can see it.
  if (revokes.some(({ settled: done, stage }) => !done || stage === 'expired')) return [];
  if (wasGranted(id, owner, reader, evidence)) {
    return [finding('zombie', `${copy} after it was revoked`, settled, id, reader, revokes.at(-1)?.event)];
  }
  return [finding('leak', `${copy}, which was never shared with them`, true, id, reader)];
}

const rowsAbout = (id: HeldPosition['id'], owner: Ledger, reader: Ledger): SentRow[] =>
  owner.outbox.filter((row) => row.position === id && row.to === reader.user && !isMerged(row));

function wasGranted(
  id: HeldPosition['id'],
  owner: Ledger,
  reader: Ledger,
  { acts, traffic }: Evidence,
): boolean {
  return (
    rowsAbout(id, owner, reader).some(({ type }) => type === 'position_shared' || type === 'share_revoked') ||
    traffic?.shares.has(shareKey(owner.user, id, reader.user)) === true ||
    acts.some(
      ({ user, deed, outcome }) =>
        user === owner.user &&
        deed.do === 'share' &&
        deed.position === id &&
        deed.with.includes(reader.user) &&
        outcome.is !== 'refused',
    )
  );
}

function missing(
  { id }: HeldPosition,
  share: HeldPosition['share'],
  held: HeldPosition | undefined,
  owner: Ledger,
  reader: Ledger,
  evidence: Evidence,
): OracleFinding[] {
  const row = rowsAbout(id, owner, reader).findLast(
    (one) =>
      one.type === 'position_shared' &&
      (share === undefined || one.share === undefined || one.share === share),
  );
  // An event that waits is judged as an event.
  if (row && (!row.settled || cameToNothing(row) || isGivenAway(row, reader))) return [];
  if (failedToFetch(id, reader)) return [];
  const what = `${owner.user} shares ${evidence.labelOf(id)} with ${reader.user}`;
  const at = { name: 'lost', user: reader.user, position: id, event: row?.event } as const;
  if (held?.state === 'fetching' || held?.awaited) {
    if (!bothPresent(owner, reader, evidence)) return [];
    return [{ ...at, message: `${what}, who still fetches it.`, certain: false }];
  }
  return [{ ...at, message: `${what}, who has no copy of it.`, certain: evidence.settled }];
}

function stale(
  position: HeldPosition,
  copy: HeldPosition,
  owner: Ledger,
  reader: Ledger,
  evidence: Evidence,
): OracleFinding[] {
  if (copy.version === position.version && copy.content === position.content) return [];
  const { id } = position;
  const rows = rowsAbout(id, owner, reader).filter(
    ({ type }) => type === 'position_updated' || type === 'position_shared',
  );
  const last = rows.at(-1);
  if (rows.some(({ settled }) => !settled)) return [];
  if (last && (cameToNothing(last) || isGivenAway(last, reader))) return [];
  if (failedToFetch(id, reader)) return [];
  if (copy.awaited && !bothPresent(owner, reader, evidence)) return [];
  const versions =
    copy.version === position.version
      ? `Both count version ${copy.version}, and they differ`
      : `It has version ${copy.version}, ${owner.user} has ${position.version}`;
  return [
    {
      name: 'stale',
      message: `${reader.user}'s copy of ${owner.user}'s ${evidence.labelOf(id)} is not what ${owner.user} has. ${versions}.`,
      certain: evidence.settled && !copy.awaited,
      user: reader.user,
      position: id,
      event: last?.event,
    },
  ];
}

const bothPresent = (one: Ledger, other: Ledger, { present }: Evidence): boolean =>
  present.has(one.user) && present.has(other.user);

/** Routed to somebody who does not acknowledge, and not seen there: at most once, and that is said beside it. */
export const isGivenAway = ({ stage, event }: SentRow, recipient: Ledger): boolean =>
  stage === 'routed' && (!sees(recipient, 'inbox') || !recipient.inbox.some((row) => row.event === event));

/** The reader was told that the position could not be fetched. */
const failedToFetch = (id: HeldPosition['id'], { notices }: Ledger): boolean =>
  notices.some(({ kind, position }) => kind === 'fetch_failed' && position === id);
