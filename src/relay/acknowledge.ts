import { asParsed, isAcknowledgement } from '../protocol/fast-checks.ts';
import { type Acknowledgement, acknowledgement } from '../protocol/receipts.ts';
import { allResults, receiptsOf } from '../protocol/receipts-of.ts';
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
  const parsed = isAcknowledgement(raw) ? asParsed(raw) : acknowledgement.safeParse(raw);
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
  receipts: Pick<ReceiptsOutbox, 'add'>,
): void {
  if (tie(sender, recipient) === 'none') return;
  for (const receipt of receiptsOf(recipient.user, said)) receipts.add(sender, receipt);
}
