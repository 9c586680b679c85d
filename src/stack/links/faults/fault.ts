import type { LinkFault, LinkFaultVerb } from '../../../protocol/links-config.ts';
import type { Message } from '../wire/message.ts';

/** One direction of a connection: who sends, and to whom. */
export interface Way {
  readonly from: string;
  readonly to: string;
  /**
   * The answers of a backend to another one: they belong to the exchange of who has asked, so `from` is the asker here
   * too.
   */
  readonly isAnswer: boolean;
}

/** One connection through a hop, between two names. */
export interface Passage {
  /** Its two directions: of who dialled first. */
  readonly ways: readonly [Way, Way];
  /** Resets the connection at both ends. */
  sever(): void;
}

/** A whole message that passes, or bytes of which nobody can tell what they are. */
export interface Unit {
  readonly passage: Passage;
  readonly way: Way;
  readonly size: number;
  /** Undefined for bytes that cannot be read. */
  readonly message: Message | undefined;
}

/** What a fault does to a unit. Times are in ms. */
export type Fate =
  | { readonly do: 'drop' }
  | { readonly do: 'reset' }
  /** Held; with `passed`, what comes later may overtake it. */
  | { readonly do: 'hold'; readonly ms: number; readonly passed: boolean }
  /** Sent once more, so much later. */
  | { readonly do: 'repeat'; readonly ms: number }
  /** Nothing else passes while so many bytes a second do. */
  | { readonly do: 'slow'; readonly bytesPerSecond: number };

/** Something that is done to a link while it is in force. Each kind is a file beside this one. */
export interface Fault {
  readonly id: string;
  readonly verb: LinkFaultVerb;
  /** Whether it lies on a direction of a connection. */
  concerns(way: Way): boolean;
  /** A connection that it concerns: one that was there when the fault came, or that was just made. True: it was met. */
  meet(passage: Passage, isNew: boolean): boolean;
  /** Decides about something that passes on a direction that it concerns; undefined leaves it alone. */
  judge(unit: Unit): Fate | undefined;
  /** Ends the effect on every connection. What is held is let go by the connections themselves. */
  lift(): void;
  /** How many connections, messages or runs of bytes it did something to. */
  readonly touched: number;
}

type Place = Pick<LinkFault, 'from' | 'to' | 'both'>;

/**
 * Whether a direction is the one that a fault names, or the opposite one of a fault on both. `everyone` is every user
 * but the other end.
 */
export function lies({ from, to, both }: Place, way: Way): boolean {
  const is = (named: string, seen: string, other: string) =>
    named === seen || (named === 'everyone' && seen !== other && seen !== '*');
  const along = (one: string, other: string) => is(one, way.from, way.to) && is(other, way.to, way.from);
  return along(from, to) || (both && along(to, from));
}
