import { type Acknowledgement, acknowledgement } from '../protocol/receipts.ts';
import { type Declarer, tie } from './friendship.ts';
import type { Member } from './member.ts';
import type { RelayMeter } from './meter.ts';
import type { Nodes } from './nodes/nodes.ts';
import type { ReceiptsOutbox } from './receipts-outbox.ts';
import type { Roster } from './roster.ts';

/**
 * Turns a recipient's acknowledgement into receipts for the sender, if each still knows the other. Nothing is kept: the
 * sender holds it against its own rows. False: it was no acknowledgement.
 */
export function acknowledge(
  recipient: Member,
  raw: unknown,
  {
    roster,
    receipts,
    nodes,
    meter,
  }: {
    readonly roster: Roster;
    readonly receipts: ReceiptsOutbox;
    readonly nodes: Nodes | undefined;
    readonly meter: RelayMeter;
  },
): boolean {
  const parsed = acknowledgement.safeParse(raw);
  if (!parsed.success) return false;
  for (const { status } of allResults(parsed.data)) meter.acks.add(status);
  const sender = roster.get(parsed.data.from);
  if (sender) passOn(sender, recipient, parsed.data, receipts);
  else nodes?.acknowledge(recipient, parsed.data);
  return true;
}

/** Receipts for a sender who is here, of what a recipient says, wherever that one is. */
export function passOn(
  sender: Member,
  recipient: Declarer,
  said: Acknowledgement,
  receipts: ReceiptsOutbox,
): void {
  if (tie(sender, recipient) === 'none') return;
  const results = allResults(said);
  const { epoch, upto } = said;
  for (const [index, { id, status, code, want, retry_after_ms }] of results.entries()) {
    // `upto` settles everything that was not named before, so it comes with the last name.
    const last = index === results.length - 1;
    receipts.add(sender, {
      id,
      to: recipient.user,
      stage: status,
      ...(code !== undefined && { code }),
      ...(epoch !== undefined && { epoch }),
      ...(last && upto !== undefined && { upto }),
      ...(want !== undefined && { want }),
      ...(retry_after_ms !== undefined && { retry_after_ms }),
    });
  }
}

/** `ids` without a result of their own are delivered. */
function allResults({ ids = [], results }: Acknowledgement): Acknowledgement['results'] {
  if (ids.length === 0) return results;
  const named = new Set(results.map(({ id }) => id));
  const others = ids.filter((id) => !named.has(id));
  return [...results, ...others.map((id) => ({ id, status: 'delivered' as const }))];
}
