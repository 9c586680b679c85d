import type { Difference } from './difference.ts';
import { isMap } from './is-map.ts';
import { didYouMean, listed } from './nearest.ts';
import { type Operator, operators } from './pattern-operators.ts';
import { show } from './show.ts';

/**
 * Holds a value against a pattern: a map is a subset, a list has exact length and order, a scalar is equal, and any
 * value may be an operator (`{ $regex: … }`). Answers the first difference, in the order of the pattern; undefined is
 * a match. The pattern has been through `patternMistakes`.
 */
export function firstDifference(pattern: unknown, value: unknown, path = ''): Difference | undefined {
  const operator = operatorOf(pattern);
  if (operator) return operator.operator.compare(operator.operand, value, path, firstDifference);
  if (Array.isArray(pattern)) return listDifference(pattern, value, path);
  if (isMap(pattern)) {
    if (!isMap(value)) return { path, expected: show(pattern), seen: show(value) };
    for (const [key, wanted] of Object.entries(pattern)) {
      const found = firstDifference(wanted, value[key], path === '' ? key : `${path}.${key}`);
      if (found) return found;
    }
    return undefined;
  }
  return Object.is(pattern, value) ? undefined : { path, expected: show(pattern), seen: show(value) };
}

/** What is wrong with a pattern itself, each with the path to it. */
export function patternMistakes(
  pattern: unknown,
  path: readonly (string | number)[] = [],
): { readonly path: readonly (string | number)[]; readonly message: string; readonly hint?: string }[] {
  if (Array.isArray(pattern)) return pattern.flatMap((item, i) => patternMistakes(item, [...path, i]));
  if (!isMap(pattern)) return [];
  const keys = Object.keys(pattern);
  const signed = keys.filter((key) => key.startsWith('$'));
  const [name] = signed;
  if (name === undefined) return keys.flatMap((key) => patternMistakes(pattern[key], [...path, key]));
  if (keys.length > 1) {
    return [
      {
        path: [...path, name],
        message: `An operator stands alone in its map; beside ${name} there is ${listed(keys.filter((k) => k !== name))}.`,
      },
    ];
  }
  const operator = operators.get(name);
  if (!operator) {
    const known = [...operators.keys()];
    return [
      {
        path: [...path, name],
        message: `"${name}" is no operator of a pattern.${didYouMean(name, known)}`,
        hint: `There are ${listed(known)}.`,
      },
    ];
  }
  const operand = pattern[name];
  const mistake = operator.mistake(operand);
  if (mistake !== undefined) {
    const hint = name === '$regex' && typeof operand !== 'string' ? { hint: regexHint } : {};
    return [{ path: [...path, name], message: `${name} ${mistake}, not ${show(operand)}.`, ...hint }];
  }
  return operator.holdsPatterns ? patternMistakes(operand, [...path, name]) : [];
}

const regexHint = "Put the regular expression into single quotes: { $regex: '^[a-z]+$' }.";

function operatorOf(
  pattern: unknown,
): { readonly operator: Operator; readonly operand: unknown } | undefined {
  if (!isMap(pattern)) return undefined;
  const [only, ...more] = Object.entries(pattern);
  if (!only || more.length > 0) return undefined;
  const operator = operators.get(only[0]);
  return operator && { operator, operand: only[1] };
}

function listDifference(pattern: readonly unknown[], value: unknown, path: string): Difference | undefined {
  if (!Array.isArray(value)) return { path, expected: show(pattern), seen: show(value) };
  if (value.length !== pattern.length) {
    return { path, expected: `a list of ${pattern.length}`, seen: `a list of ${value.length}` };
  }
  for (const [i, wanted] of pattern.entries()) {
    const found = firstDifference(wanted, value[i], `${path}[${i}]`);
    if (found) return found;
  }
  return undefined;
}
