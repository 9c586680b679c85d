import type { Bench } from './bench/bench.ts';

/** `must`: the contract is broken without it. `should`: others get along, less well. `may`: offered or not. */
export type Level = 'must' | 'should' | 'may';

/** One sentence of the contract, and how to find out whether a backend keeps it. */
export interface Check {
  /** Stable, in words with dots: the part before the first dot is the group. */
  readonly id: string;
  readonly level: Level;
  /** Of protocol.md: where the sentence stands. */
  readonly section: string;
  /** The sentence. */
  readonly title: string;
  /** Why it cannot be looked at with this bench; undefined: it can. */
  readonly needs?: (bench: Bench) => string | undefined;
  /** Resolves where the sentence holds. Throws Broken, Blocked or NotOffered. */
  readonly run: (bench: Bench) => Promise<void>;
}

/** What was done, what came of it, and what the contract promises. */
export interface Contradiction {
  readonly sent: string;
  readonly came: string;
  readonly expected: string;
}

/** The backend did something else than the contract says. */
export class Broken extends Error {
  override readonly name = 'Broken';
  readonly contradiction: Contradiction;

  constructor(contradiction: Contradiction) {
    super(`${contradiction.sent}: ${contradiction.came}, expected ${contradiction.expected}`);
    this.contradiction = contradiction;
  }
}

/** What a check builds on does not hold, so that nothing can be said about its own sentence. */
export class Blocked extends Error {
  override readonly name = 'Blocked';
}

/** A route that nobody has to offer. */
export class NotOffered extends Error {
  override readonly name = 'NotOffered';
}

/** Something that a check only builds on: if it fails, the check says nothing of its own sentence. */
export async function given<T>(what: string, work: Promise<T> | (() => Promise<T>)): Promise<T> {
  try {
    return await (typeof work === 'function' ? work() : work);
  } catch (error) {
    if (!(error instanceof Broken)) throw error;
    const { sent, came } = error.contradiction;
    throw new Blocked(`${what} did not work: ${sent} – ${came}`);
  }
}

/** Only where the backend was started by the command can it be killed and started again. */
export const needsCommand = (bench: Bench): string | undefined =>
  bench.life ? undefined : 'needs a backend that this command starts itself';
