/** What an expectation or an act came to instead of what the test says. */
export interface UnmetParts {
  readonly code: string;
  readonly message: string;
  readonly outcome: 'failed' | 'inconclusive';
  readonly seen: readonly string[];
}

/**
 * Something did not come true, or nobody can tell whether it did. The message says what was expected, and line by line
 * what was there instead.
 */
export class Unmet extends Error {
  /** A stable word: `not-seen`, `act-refused`, `lost` … */
  readonly code: string;
  /** `inconclusive`: it was not possible to find out. */
  readonly outcome: 'failed' | 'inconclusive';
  /** What was there instead. */
  readonly seen: readonly string[];

  constructor({ code, message, outcome, seen }: UnmetParts) {
    super(message);
    this.name = 'Unmet';
    this.code = code;
    this.outcome = outcome;
    this.seen = seen;
  }
}
