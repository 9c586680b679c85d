/** Everything that a command can exit with; the table of the README and of `--help`. */
export const exitCodes = [
  { code: 0, meaning: 'everything passed, or what ran was stopped on purpose' },
  { code: 1, meaning: 'a scenario failed, or what was asked of a stack did not come true' },
  { code: 2, meaning: 'the command line, a setting or a file is not valid; nothing was started' },
  { code: 3, meaning: 'the stack failed: it did not start, or a part of it died' },
  { code: 4, meaning: 'nothing failed, but a verdict is inconclusive' },
  { code: 5, meaning: 'nothing matched: no scenario, no event, no fault' },
  { code: 70, meaning: 'a bug of collab-dev' },
] as const;

export type CommandExit = (typeof exitCodes)[number]['code'];

/** Of several outcomes in one run, the first of these that is among them counts. */
const order: readonly CommandExit[] = [70, 2, 3, 1, 4, 5];

export function worstExit(codes: Iterable<CommandExit>): CommandExit {
  const seen = new Set(codes);
  return order.find((code) => seen.has(code)) ?? 0;
}

/** A number that came over a border, as one of ours; a strange one is a bug. */
export function commandExit(code: number): CommandExit {
  return exitCodes.find((known) => known.code === code)?.code ?? 70;
}
