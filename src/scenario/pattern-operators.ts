import type { Difference } from './difference.ts';
import { show } from './show.ts';

type Compare = (pattern: unknown, value: unknown, path?: string) => Difference | undefined;

/** One operator of a pattern: `{ $name: operand }`. */
export interface Operator {
  /** What is wrong with the operand (`needs a number`); undefined is nothing. */
  mistake(operand: unknown): string | undefined;
  /** The operand is a pattern itself. */
  readonly holdsPatterns?: boolean;
  compare(operand: unknown, value: unknown, path: string, inner: Compare): Difference | undefined;
}

const differs = (path: string, expected: string, value: unknown): Difference => ({
  path,
  expected,
  seen: show(value),
});

/** Kinds of `$any`, and how to tell them. */
const kinds = new Map<string, (value: unknown) => boolean>([
  ['string', (value) => typeof value === 'string'],
  ['number', (value) => typeof value === 'number'],
  [
    'uuid',
    (value) => typeof value === 'string' && /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i.test(value),
  ],
  [
    'date',
    (value) =>
      typeof value === 'string' && /^\d{4}-\d{2}-\d{2}/.test(value) && !Number.isNaN(Date.parse(value)),
  ],
]);

const any: Operator = {
  mistake: (operand) =>
    typeof operand === 'string' && kinds.has(operand) ? undefined : 'needs uuid, date, string or number',
  compare: (operand, value, path) =>
    kinds.get(String(operand))?.(value) ? undefined : differs(path, `any ${String(operand)}`, value),
};

const regex: Operator = {
  mistake(operand) {
    if (typeof operand !== 'string') return 'needs text';
    try {
      new RegExp(operand, 'u');
      return undefined;
    } catch {
      return 'needs a regular expression that can be read';
    }
  },
  compare: (operand, value, path) =>
    typeof value === 'string' && new RegExp(String(operand), 'u').test(value)
      ? undefined
      : differs(path, `text that matches /${String(operand)}/`, value),
};

const not: Operator = {
  mistake: () => undefined,
  holdsPatterns: true,
  compare: (operand, value, path, inner) =>
    inner(operand, value, path) ? undefined : differs(path, `anything but ${show(operand)}`, value),
};

/** Numbers with numbers, texts (ISO dates, say) with texts. */
function comparison(words: string, holds: (order: number) => boolean): Operator {
  return {
    mistake: (operand) =>
      typeof operand === 'number' || typeof operand === 'string' ? undefined : 'needs a number or a text',
    compare(operand, value, path) {
      if (typeof operand === 'number' && typeof value === 'number' && holds(value - operand))
        return undefined;
      if (typeof operand === 'string' && typeof value === 'string') {
        if (holds(value < operand ? -1 : value > operand ? 1 : 0)) return undefined;
      }
      return differs(path, `${words} ${show(operand)}`, value);
    },
  };
}

const contains: Operator = {
  mistake: () => undefined,
  holdsPatterns: true,
  compare(operand, value, path, inner) {
    const found = Array.isArray(value)
      ? value.some((item) => inner(operand, item) === undefined)
      : typeof value === 'string' && typeof operand === 'string' && value.includes(operand);
    return found ? undefined : differs(path, `something that contains ${show(operand)}`, value);
  },
};

const length: Operator = {
  mistake: (operand) =>
    typeof operand === 'number' || (typeof operand === 'object' && operand !== null)
      ? undefined
      : 'needs a number or a pattern',
  holdsPatterns: true,
  compare(operand, value, path, inner) {
    if (typeof value !== 'string' && !Array.isArray(value)) return differs(path, 'a list or a text', value);
    return inner(operand, value.length, `${path}.length`);
  },
};

const each: Operator = {
  mistake: () => undefined,
  holdsPatterns: true,
  compare(operand, value, path, inner) {
    if (!Array.isArray(value)) return differs(path, 'a list', value);
    for (const [i, item] of value.entries()) {
      const found = inner(operand, item, `${path}[${i}]`);
      if (found) return found;
    }
    return undefined;
  },
};

export const operators: ReadonlyMap<string, Operator> = new Map([
  ['$regex', regex],
  ['$any', any],
  ['$not', not],
  ['$gt', comparison('more than', (order) => order > 0)],
  ['$gte', comparison('at least', (order) => order >= 0)],
  ['$lt', comparison('less than', (order) => order < 0)],
  ['$lte', comparison('at most', (order) => order <= 0)],
  ['$contains', contains],
  ['$length', length],
  ['$each', each],
]);
