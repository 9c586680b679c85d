import type { Range } from './complaint.ts';
import { type BoundStep, parseStep, type StepParser } from './parse-step.ts';
import { kindOf } from './show.ts';
import type { Verb } from './verb.ts';
import type { Path } from './yaml-tree.ts';

/** The steps that stand in a block; undefined where none do. */
export function parseBody(
  control: Verb | undefined,
  raw: Readonly<Record<string, unknown>>,
  at: Path,
  parser: StepParser,
): readonly BoundStep[] | undefined {
  const { tree, complain } = parser;
  // Also where nothing can have a body, the steps in it have mistakes of their own.
  const key = control?.block?.under === 'itself' ? control.name : 'do';
  const name = control?.name ?? 'do';
  const inside = [...at, key];
  const list = raw[key];
  const error = (range: Range, message: string, hint?: string): undefined => {
    complain({ severity: 'error', ...range, message, hint });
  };
  if (list === undefined) {
    if (!control?.block?.needed) return undefined;
    return error(tree.keyRangeOf([...at, name]), `"${name}" needs "do": a list of steps.`);
  }
  if (control && !control.block) {
    return error(tree.keyRangeOf(inside), `"${name}" is no block, so no steps can stand in it.`);
  }
  if (!Array.isArray(list) || list.length === 0) {
    const what = Array.isArray(list) ? 'an empty one' : kindOf(list);
    return error(tree.keyRangeOf(inside), `"${key}" must be a list of steps, not ${what}.`);
  }
  return list.flatMap((step: unknown, i) => parseStep(step, [...inside, i], parser) ?? []);
}
