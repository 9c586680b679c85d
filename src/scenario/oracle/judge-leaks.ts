import type { EventId, UserId } from '../../protocol/ids.ts';
import { describeReceived, type Evidence, sees, wereFriends } from './evidence.ts';
import type { OracleFinding } from './finding.ts';
import type { Ledger, ReceivedRow } from './ledger.ts';
import { type Served, shareKey } from './traffic.ts';

/** So many settled rows an outbox of ours keeps; of one that is near it, a missing row says nothing. */
const keptRows = 4500;

/** What went to whom it should not: by the inboxes, by the relay's word for what it forwarded, by what backends served. */
export function judgeLeaks(evidence: Evidence): OracleFinding[] {
  const found = [
    ...inboxes(evidence),
    ...frames(evidence),
    ...(evidence.traffic?.served ?? []).flatMap((one) => served(one, evidence)),
  ];
  // One event has several witnesses.
  const keyed = new Map(found.map((one) => [`${one.user} ${one.event ?? one.message}`, one]));
  return [...keyed.values()];
}

function inboxes(evidence: Evidence): OracleFinding[] {
  return [...evidence.ledgers.values()].flatMap((reader) =>
    reader.inbox.flatMap((row): OracleFinding[] => {
      const what = `${reader.user} got ${describeReceived(row, evidence)}`;
      const at = {
        name: 'leak',
        certain: true,
        user: reader.user,
        event: row.event,
        position: row.position,
      } as const;
      if (!wereFriends(evidence, row.from, reader.user))
        return [{ ...at, message: `${what}, who is no friend.` }];
      return isAddressed(row, reader.user, evidence)
        ? []
        : [{ ...at, message: `${what}, who has not sent it to ${reader.user}.` }];
    }),
  );
}

function isAddressed({ event, from }: ReceivedRow, to: UserId, evidence: Evidence): boolean {
  const { ledgers, acts, traffic } = evidence;
  const sender = ledgers.get(from);
  if (!sender || traffic?.addressed.get(event)?.has(to)) return true;
  const rows = sender.outbox.filter((row) => row.event === event);
  if (rows.some((row) => row.to === to)) return true;
  if (
    acts.some(
      (act) =>
        act.user === from && act.deed.do === 'emit' && act.deed.to.includes(to) && mayBe(act.outcome, event),
    )
  )
    return true;
  // Rows to others are proof; no row at all is, where none can have gone and there is no journal that could know better.
  return rows.length === 0 && (!traffic || !isWhole(sender));
}

function mayBe(outcome: Evidence['acts'][number]['outcome'], event: EventId): boolean {
  return outcome.is === 'unknown' || (outcome.is === 'done' && outcome.events?.includes(event) === true);
}

const isWhole = (sender: Ledger): boolean =>
  sees(sender, 'old outbox rows') && sender.outbox.length < keptRows;

function frames(evidence: Evidence): OracleFinding[] {
  const { traffic, labelOf } = evidence;
  return (traffic?.handed ?? []).flatMap(({ event, kind, from, to, by, tie }): OracleFinding[] => {
    const step = traffic?.steps.get(event)?.find(({ position }) => position !== undefined);
    const about = step?.position === undefined ? '' : ` about ${labelOf(step.position)}`;
    const what =
      by === 'relay'
        ? `The relay handed ${kind}${about} from ${from} to ${to}`
        : `${to} received ${kind}${about} from ${from}`;
    const at = { name: 'leak', certain: true, user: to, event, position: step?.position } as const;
    const meant = traffic?.addressed.get(event);
    if (meant && !meant.has(to)) return [{ ...at, message: `${what}, to whom it was not addressed.` }];
    if (!wereFriends(evidence, from, to)) return [{ ...at, message: `${what}, and they are no friends.` }];
    if (tie === 'none' || (tie === 'leaving' && kind !== 'share_revoked')) {
      return [{ ...at, message: `${what}, when they were no friends any more.` }];
    }
    return [];
  });
}

function served({ owner, to, position, grant }: Served, evidence: Evidence): OracleFinding[] {
  const { ledgers, traffic, acts, labelOf } = evidence;
  const key = shareKey(owner, position, to);
  const rows = ledgers
    .get(owner)
    ?.outbox.filter((row) => row.to === to && row.position === position && row.type === 'position_shared');
  const finding = (why: string): OracleFinding[] => [
    {
      name: 'leak',
      message: `${owner}'s backend gave ${labelOf(position)} to ${to}, ${why}.`,
      certain: true,
      user: to,
      position,
    },
  ];
  const granted =
    traffic?.shares.has(key) === true ||
    (rows?.length ?? 1) > 0 ||
    ledgers.get(owner)?.grants.some((one) => one.position === position && one.reader === to) ||
    acts.some(
      ({ user, deed, outcome }) =>
        user === owner &&
        deed.do === 'share' &&
        deed.position === position &&
        deed.with.includes(to) &&
        outcome.is !== 'refused',
    );
  if (!granted) return finding('with whom it was never shared');
  return grant === 'revoked' ? finding('from whom it had been taken back') : [];
}
