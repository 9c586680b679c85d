import type { UserId } from '../../protocol/ids.ts';
import type { Act } from '../acts.ts';
import type { Ledger, LedgerPart, ReceivedRow, SentRow } from './ledger.ts';
import type { Traffic } from './traffic.ts';

/** Everything that the judge goes by. */
export interface Evidence {
  /** By user, in the order of the scenario; a user whose ledger could not be read is not in it. */
  readonly ledgers: ReadonlyMap<UserId, Ledger>;
  readonly acts: readonly Act[];
  /** Undefined: there is no journal to go by. */
  readonly traffic: Traffic | undefined;
  /** Whom users called friends before the first act. */
  readonly befriended: ReadonlyMap<UserId, readonly UserId[]>;
  /** Whose backend is connected to the others now. */
  readonly present: ReadonlySet<UserId>;
  /** Nothing is under way any more between those that are present: what differs now will differ for ever. */
  readonly settled: boolean;
  /** What the file calls a position. */
  readonly labelOf: (id: string) => string;
}

export const sees = (ledger: Ledger, part: LedgerPart): boolean => !ledger.unseen.includes(part);

/** Two different users whose ledgers can both be read, in either order. */
export function* pairs({ ledgers }: Evidence): Generator<readonly [Ledger, Ledger]> {
  for (const one of ledgers.values()) {
    for (const other of ledgers.values()) if (other !== one) yield [one, other];
  }
}

export const friendship = (of: Ledger, to: UserId): 'friend' | 'leaving' | undefined =>
  of.friends.find(({ user }) => user === to)?.state;

export const areFriends = (one: Ledger, other: Ledger): boolean =>
  friendship(one, other.user) === 'friend' && friendship(other, one.user) === 'friend';

export const grants = (ledger: Ledger, position: string, reader: UserId): boolean =>
  ledger.grants.some((one) => one.position === position && one.reader === reader);

/** May an event still pass between them? To somebody who is being left only a revoke may. */
export function mayPass(row: SentRow, sender: Ledger, recipient: Ledger): boolean {
  if (areFriends(sender, recipient)) return true;
  const known =
    friendship(sender, recipient.user) !== undefined && friendship(recipient, sender.user) !== undefined;
  return known && row.type === 'share_revoked';
}

/** Has a user called another one a friend at any time that is known of? */
export function everDeclared(evidence: Evidence, user: UserId, friend: UserId): boolean {
  const { ledgers, acts, traffic, befriended } = evidence;
  const ledger = ledgers.get(user);
  // Nobody's word for it: then it may have been so.
  if (!ledger) return true;
  return (
    friendship(ledger, friend) !== undefined ||
    befriended.get(user)?.includes(friend) === true ||
    traffic?.declared.get(user)?.has(friend) === true ||
    acts.some(
      ({ user: who, deed, outcome }) =>
        who === user && deed.do === 'befriend' && deed.friend === friend && outcome.is !== 'refused',
    )
  );
}

export const wereFriends = (evidence: Evidence, one: UserId, other: UserId): boolean =>
  everDeclared(evidence, one, other) && everDeclared(evidence, other, one);

/** A recipient that does not acknowledge: for its senders the routing is the end. */
export const isSilent = (sender: Ledger, recipient: UserId): boolean =>
  sender.outbox.some(({ to, settled, stage }) => to === recipient && settled && stage === 'routed');

/** An update that became part of another one; its row has left its turn and stays for display only. */
export const isMerged = ({ stage, code }: SentRow): boolean => stage === 'expired' && code === 'merged';

/** An event that its sender gave up or that its recipient did not take, and whose user can see that. */
export const cameToNothing = ({ settled, stage }: SentRow): boolean =>
  settled && (stage === 'refused' || stage === 'quarantined' || stage === 'expired');

/** `alice's position_shared about berlin-calls to bob` */
export const describeSent = (row: SentRow, from: UserId, { labelOf }: Evidence): string =>
  `${from}'s ${row.type} about ${labelOf(row.position)} to ${row.to}`;

/** `position_shared about berlin-calls from alice` */
export const describeReceived = (row: ReceivedRow, { labelOf }: Evidence): string =>
  `${row.type} about ${labelOf(row.position)} from ${row.from}`;
