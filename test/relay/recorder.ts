import { z } from 'zod';
import { type Receipt, receipts } from '../../src/protocol/receipts.ts';

export interface Frame {
  readonly name: string;
  readonly payload: unknown;
}

/** What most frames carry. */
export type Payload = Readonly<Record<string, unknown>>;
const aPayload = z.record(z.string(), z.unknown()).catch({});

/** Everything that one client received, in order, by the names of the Socket.IO face. */
export interface Recording {
  readonly frames: readonly Frame[];
  /** The first frame, past or to come, that was not taken yet and matches. */
  next(name: string, matches?: (payload: Payload) => boolean): Promise<Payload>;
  named(name: string): Payload[];
  /** The first receipt, past or to come, of this event and recipient in one of these stages. */
  receipt(id: string, to: string, ...stages: string[]): Promise<Receipt>;
  /** Every receipt until now. */
  receipts(): Receipt[];
}

export function recorder(): { record(name: string, payload: unknown): void; recording: Recording } {
  const frames: Frame[] = [];
  const taken = new Set<Frame>();
  const waiting = new Set<() => void>();

  const first = <Found>(find: () => Found | undefined): Promise<Found> => {
    const { promise, resolve } = Promise.withResolvers<Found>();
    const look = () => {
      const found = find();
      if (found === undefined) return;
      waiting.delete(look);
      resolve(found);
    };
    waiting.add(look);
    look();
    return promise;
  };
  const allReceipts = () =>
    frames.filter(({ name }) => name === 'collab_receipt').flatMap(({ payload }) => receipts.parse(payload));

  return {
    record(name, payload) {
      frames.push({ name, payload });
      for (const look of waiting) look();
    },
    recording: {
      frames,
      async next(name, matches = () => true) {
        const frame = await first(() =>
          frames.find((one) => one.name === name && !taken.has(one) && matches(aPayload.parse(one.payload))),
        );
        taken.add(frame);
        return aPayload.parse(frame.payload);
      },
      named: (name) =>
        frames.filter((frame) => frame.name === name).map(({ payload }) => aPayload.parse(payload)),
      receipt: (id, to, ...stages) =>
        first(() =>
          allReceipts().find((one) => one.id === id && one.to === to && stages.includes(one.stage)),
        ),
      receipts: allReceipts,
    },
  };
}
