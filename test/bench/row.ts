import type { Ratios } from './paired.ts';

/** One line of the table: what is measured against what, and how it came out. */
export interface Measured {
  readonly what: string;
  /** At most so much passes; undefined is a line that explains another one. */
  readonly aim: number | undefined;
  readonly unit: '×' | 'ms';
  readonly ratios: Ratios;
  /** The absolute numbers behind it, for people. */
  readonly behind: string;
  /** Why this line should not be believed, as far as was seen. */
  readonly doubts: readonly string[];
}

/** How often each pair is repeated, and where to say what goes on. */
export interface BenchContext {
  readonly rounds: number;
  readonly say: (sentence: string) => void;
}

export type Row = (context: BenchContext) => Promise<readonly Measured[]>;
