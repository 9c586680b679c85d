import { Problem } from '../problem.ts';
import type { Scenario } from '../scenario/scenario.ts';

export interface Selection {
  /** A regular expression for names; lower-case letters also match upper-case ones. */
  readonly grep?: string | undefined;
  /** Any of them. */
  readonly tags: readonly string[];
}

/** The scenarios that a command line asks for; where some say `only: true`, those alone. */
export function selectScenarios(all: readonly Scenario[], { grep, tags }: Selection): readonly Scenario[] {
  const pattern = grep === undefined ? undefined : patternOf(grep);
  const chosen = all.filter(
    (scenario) =>
      (pattern?.test(scenario.name) ?? true) &&
      (tags.length === 0 || tags.some((tag) => scenario.tags.includes(tag))),
  );
  const only = chosen.filter((scenario) => scenario.only);
  return only.length > 0 ? only : chosen;
}

function patternOf(grep: string): RegExp {
  try {
    return new RegExp(grep, /[A-Z]/.test(grep) ? '' : 'i');
  } catch (cause) {
    throw new Problem({
      code: 'bad-pattern',
      message: `-g ${grep} is not a regular expression.`,
      exit: 2,
      cause,
    });
  }
}
