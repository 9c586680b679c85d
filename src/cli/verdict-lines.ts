import type { Verdict } from '../scenario/verdict.ts';

/** What a person reads about a verdict beyond its one word: every finding in full, warnings, and what nobody checked. */
export function verdictLines({
  findings,
  warnings,
  notChecked,
  outcome,
  expectedToFail,
  seed,
  file,
}: Verdict): string[] {
  if (outcome === 'passed' && expectedToFail !== undefined)
    return [`It failed, as was expected: ${expectedToFail}`];
  const chance =
    outcome === 'passed' || seed === undefined
      ? []
      : [`With "seed: ${seed}" in the header of ${file} chance falls this way again.`];
  const texts = [
    ...findings.map(({ text }) => text),
    ...warnings.map((text) => `${file} warning: ${text}`),
    ...notChecked.map((text) => `${file} not checked: ${text}`),
    ...chance,
  ];
  return texts.flatMap((text) => ['', ...text.split('\n')]);
}
