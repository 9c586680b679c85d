/** One connection through a hop, between two names. */
export interface Passage {
  /** Who dialled; `*` where that cannot be told. */
  readonly from: string;
  /** Whose listener it is: a user's, or the relay's. */
  readonly to: string;
  /** Resets the connection at both ends. */
  sever(): void;
}

/** Something that is done to the connections of a link while it is in force. Each kind is a file beside this one. */
export interface Fault {
  readonly id: string;
  /** Whether a connection is of the link that this fault lies on. */
  concerns(passage: Passage): boolean;
  /** A connection that it concerns: one that was there when the fault came, or that was just made. */
  meet(passage: Passage): void;
  /** Ends the effect on every connection. Nothing that was sent is lost by that. */
  lift(): void;
  /** How many connections it met. */
  readonly touched: number;
}
