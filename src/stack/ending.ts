import type { Happening } from '../protocol/records.ts';

/** How a process of the stack has ended. */
export interface Ending {
  readonly exit: string;
  readonly lastLines: readonly string[];
  /** A fault or a stop asked for it. */
  readonly wanted: boolean;
}

/** What the journal is told of it: what it said last belongs to an end for which nobody asked. */
export const hasEnded = (name: string, { exit, lastLines, wanted }: Ending): Happening => ({
  type: 'process',
  name,
  state: wanted ? 'stopped' : 'failed',
  exit,
  wanted,
  ...(!wanted && { last_lines: [...lastLines] }),
});
