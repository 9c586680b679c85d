import type { MessageType } from '../../../protocol/links-config.ts';
import type { Message } from '../wire/message.ts';
import type { Unit } from './fault.ts';

/** Which messages a fault is about. */
export interface Choice {
  readonly type?: MessageType | undefined;
  readonly nth?: number | undefined;
  readonly chance?: number | undefined;
}

export const isChoice = ({ type, nth, chance }: Choice): boolean =>
  type !== undefined || nth !== undefined || chance !== undefined;

/** Tells which units are chosen. It counts, so every unit has to be shown to it once, in order. */
export function chooser({ type, nth, chance }: Choice, random: () => number): (unit: Unit) => boolean {
  let seen = 0;
  return ({ message, way }) => {
    // Answers are chosen by the request that they belong to; what has no name holds the connection together.
    if (way.isAnswer || message?.name === undefined) return false;
    if (type !== undefined && !isOfType(message, type)) return false;
    seen += 1;
    if (nth !== undefined && seen !== nth) return false;
    return chance === undefined || random() < chance;
  };
}

/** An event's type is that of the frame that carries it, not of those that only speak of it. */
const isOfType = ({ name, events }: Message, type: MessageType): boolean =>
  name === type ||
  ((name === 'collab_event' || name === 'deliver') && events.some((event) => event.type === type));
