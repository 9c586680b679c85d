import type { Line } from '../line.ts';

export const logLines = (lines: readonly string[], name: string | undefined): Line[] =>
  lines.length === 0
    ? [[[`Nothing in the log of ${name ?? 'nobody'} yet.`, 'dim']]]
    : lines.map((text): Line => [[text]]);
