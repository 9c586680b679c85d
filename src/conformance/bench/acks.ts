import { acknowledgement } from '../../protocol/receipts.ts';
import type { WireFrame } from './wire-frames.ts';

/** What an acknowledgement on the wire says about an event; undefined where it says nothing about it. */
export function collabAck({ direction, name, payload }: WireFrame, event: string): string | undefined {
  if (direction !== 'to-relay' || name !== 'collab_ack') return undefined;
  const ack = acknowledgement.safeParse(payload);
  if (!ack.success) return undefined;
  const { results, ids = [] } = ack.data;
  return (
    results.find(({ id }) => id === event)?.status ??
    (ids.some((id) => id === event) ? 'delivered' : undefined)
  );
}
