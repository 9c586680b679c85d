/** What became of a wish, as one short sentence for the status line. */
export interface Outcome {
  readonly ok: boolean;
  readonly text: string;
}

/** A position that the selected user may act on, as its backend lists it now. */
export interface PositionChoice {
  readonly id: string;
  /** The short name of a fixture where it has one, else the symbol. */
  readonly name: string;
  readonly owner: string;
  readonly readOnly: boolean;
  readonly sharedWith: readonly string[];
}

/** What the person at the keys wishes for. The dashboard asks; who opened it acts. */
export interface Intents {
  quit(): void;
  /** Ctrl-C, which the terminal does not deliver in raw mode. */
  interrupt(): void;
  /**
   * Ctrl-Z: stops us. The dashboard has given the terminal back before it asks, and takes it again, with a whole new
   * frame, when this has resolved: so it resolves once somebody has continued us.
   */
  suspend(): Promise<void>;

  positionsOf(user: string): Promise<readonly PositionChoice[]>;
  share(user: string, position: string, others: readonly string[]): Promise<Outcome>;
  comment(user: string, position: string, text: string): Promise<Outcome>;
  update(user: string, position: string, notes: string): Promise<Outcome>;
  revoke(user: string, position: string, other: string): Promise<Outcome>;

  kill(name: string): Promise<Outcome>;
  restart(name: string): Promise<Outcome>;
  /** Severs the user's link to the relay; heal ends it. */
  cut(user: string): Promise<Outcome>;
  heal(user: string): Promise<Outcome>;

  /** The last lines of an instance's log, all of them, now and whenever there are more. Returns its own off switch. */
  followLog(name: string, listener: (lines: readonly string[]) => void): () => void;
  /** `replay --step`: the next step may go on. */
  nextStep(): void;
}
