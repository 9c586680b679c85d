import {
  describeReceived,
  describeSent,
  type Evidence,
  isMerged,
  isSilent,
  mayPass,
  pairs,
  sees,
} from './evidence.ts';
import type { OracleFinding } from './finding.ts';
import type { Ledger, ReceivedRow, SentRow } from './ledger.ts';

/** Holds every sender's outbox against the recipient's inbox: `lost`, `disordered`, `duplicate`. */
export function judgeStreams(evidence: Evidence): OracleFinding[] {
  const found: OracleFinding[] = [];
  for (const ledger of evidence.ledgers.values()) found.push(...duplicates(ledger, evidence));
  for (const [sender, recipient] of pairs(evidence)) {
    if (!sees(recipient, 'inbox')) continue;
    const sent = sender.outbox.filter(({ to }) => to === recipient.user);
    const received = recipient.inbox.filter(({ from }) => from === sender.user);
    found.push(...lost(sent, received, sender, recipient, evidence));
    if (!isSilent(sender, recipient.user)) found.push(...disordered(sent, received, recipient, evidence));
  }
  return found;
}

/** The outcome that each last word of a recipient stands for. */
const outcomes: Readonly<Partial<Record<SentRow['stage'], ReceivedRow['outcome']>>> = {
  delivered: 'applied',
  refused: 'refused',
  quarantined: 'quarantined',
};

function lost(
  sent: readonly SentRow[],
  received: readonly ReceivedRow[],
  sender: Ledger,
  recipient: Ledger,
  evidence: Evidence,
): OracleFinding[] {
  const byEvent = new Map(received.map((row) => [row.event, row]));
  const both = evidence.present.has(sender.user) && evidence.present.has(recipient.user);
  return sent.flatMap((row): OracleFinding[] => {
    const what = describeSent(row, sender.user, evidence);
    const at = { name: 'lost', user: recipient.user, event: row.event, position: row.position } as const;
    if (!row.settled) {
      // Whoever is away or a stranger gets it later or never, which is what the sender's user is shown.
      if (!both || !mayPass(row, sender, recipient) || byEvent.has(row.event)) return [];
      const message = `${what} has not arrived (${row.stage}), though ${recipient.user} is there and a friend.`;
      return [{ ...at, message, certain: false }];
    }
    const promised = outcomes[row.stage];
    if (!promised) return [];
    const outcome = byEvent.get(row.event)?.outcome;
    // The relay refuses too, and what cannot be read leaves no record.
    if (outcome === promised || (promised === 'refused' && outcome === undefined)) return [];
    const there = outcome === undefined ? 'has no record of it' : `says ${outcome}`;
    return [
      {
        ...at,
        message: `${what} counts as ${row.stage}, and ${recipient.user}'s inbox ${there}.`,
        certain: true,
      },
    ];
  });
}

function disordered(
  sent: readonly SentRow[],
  received: readonly ReceivedRow[],
  recipient: Ledger,
  evidence: Evidence,
): OracleFinding[] {
  const taken = new Set(received.map(({ event }) => event));
  const inTurn = sent.filter((row) => !isMerged(row) && !tookOver(row, sent, taken));
  const places = new Map(inTurn.map(({ event, n }) => [event, n]));
  const found: OracleFinding[] = [];
  let before: { readonly row: ReceivedRow; readonly place: number } | undefined;
  for (const row of received) {
    const place = places.get(row.event);
    if (place === undefined) continue;
    if (before && place < before.place) {
      const message =
        `${recipient.user} took ${describeReceived(row, evidence)} after ` +
        `${describeReceived(before.row, evidence)}, which was written later.`;
      found.push({
        name: 'disordered',
        message,
        certain: true,
        user: recipient.user,
        event: row.event,
        position: row.position,
      });
    } else before = { row, place };
  }
  return found;
}

/**
 * A sender that dies before it has written down that an update left merges the next one into its row: that one stands in
 * the place of an update which was taken already, though it was written later, and either place is its turn.
 */
const tookOver = (row: SentRow, sent: readonly SentRow[], taken: ReadonlySet<string>): boolean =>
  row.type === 'position_updated' &&
  sent.some(
    (other) =>
      isMerged(other) && other.position === row.position && other.n > row.n && taken.has(other.event),
  );

/** An inbox of ours holds an id once; what the event did can be there twice all the same, and shows in the notices. */
function duplicates(
  { user, inbox, notices, positions, comments }: Ledger,
  evidence: Evidence,
): OracleFinding[] {
  const { labelOf } = evidence;
  const finding = (message: string, more: Partial<OracleFinding>): OracleFinding => ({
    name: 'duplicate',
    message,
    certain: true,
    user,
    ...more,
  });
  return [
    ...repeated(inbox, ({ from, event }) => `${from} ${event}`).map((row) =>
      finding(`${user} took ${describeReceived(row, evidence)} twice.`, {
        event: row.event,
        position: row.position,
      }),
    ),
    ...repeated(notices, ({ kind, event, from }) => `${kind} ${event} ${from}`).map(
      ({ kind, event, from, position }) =>
        finding(`${user} was told of one ${kind}${from ? ` by ${from}` : ''} twice.`, { event, position }),
    ),
    ...repeated(positions, ({ id, owner }) => `${owner} ${id}`).map(({ id }) =>
      finding(`${user} has ${labelOf(id)} twice.`, { position: id }),
    ),
    ...repeated(comments, ({ position, id }) => `${position} ${id}`).map(({ position, author }) =>
      finding(`${user} has one comment by ${author} on ${labelOf(position)} twice.`, { position }),
    ),
  ];
}

/** Each item whose key was there before; once a key. */
function repeated<T>(items: readonly T[], keyOf: (item: T) => string): T[] {
  const groups = Map.groupBy(items, keyOf);
  return [...groups.values()].flatMap(([, second]) => (second === undefined ? [] : [second]));
}
