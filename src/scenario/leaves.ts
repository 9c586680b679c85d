import { z } from 'zod';
import { eventTypes } from '../protocol/events.ts';
import { userId } from '../protocol/ids.ts';
import { durationPattern, milliseconds } from './duration.ts';
import { didYouMean, listed } from './nearest.ts';
import { patternMistakes } from './pattern.ts';
import { refsIn } from './refs.ts';

/** The names that one file declares. Undefined means that any name will do: for the JSON Schema. */
export interface Vocabulary {
  readonly users: readonly string[] | undefined;
  /** What of the stack can be told a word, and be the end of a link: `relay`. */
  readonly parts: readonly string[];
  /** Positions that somebody has. */
  readonly positions: readonly string[] | undefined;
  /** Positions that come with fixtures, for a hint where nobody has one. */
  readonly fixtures: readonly string[];
}

export const anyVocabulary: Vocabulary = {
  users: undefined,
  parts: ['relay'],
  positions: undefined,
  fixtures: [],
};

/**
 * The smallest schemas of the language, bound to the names of one file. Their messages are either whole sentences
 * (upper case) or predicates (`must be …`), before which the reader of the issues puts the key.
 */
export type Leaves = ReturnType<typeof leavesFor>;

export const namePattern = /^[a-z][a-z0-9-]*$/;

export const duration = z
  .string({ error: 'needs a duration with its unit, like 500ms, 2s or 1m' })
  .regex(durationPattern, 'needs a duration with its unit, like 500ms, 2s or 1m')
  .transform(milliseconds)
  .meta({ description: 'A duration with its unit: 500ms, 2s, 1m.' });

export const name = z
  .string()
  .regex(namePattern, 'must be a name in lower case, like "offer"')
  .meta({ description: 'A name: lower case letters, digits and "-".' });

export function leavesFor(vocabulary: Vocabulary) {
  const user = z
    .string()
    .superRefine((typed, context) => {
      if (vocabulary.users?.includes(typed) !== false) return;
      context.addIssue({
        code: 'custom',
        message: `"${typed}" is no user of this file.${didYouMean(typed, vocabulary.users)}`,
        params: { hint: usersHint(vocabulary.users) },
      });
    })
    .transform((typed) => userId.parse(typed))
    .meta({ description: 'A user of this file.' });

  const position = z
    .string()
    .superRefine((typed, context) => {
      const { positions } = vocabulary;
      if (positions?.includes(typed) !== false || isWholeRef(typed)) return;
      context.addIssue({
        code: 'custom',
        message: `"${typed}" is no position of this file.${didYouMean(typed, positions)}`,
        params: { hint: positionHint(typed, positions, vocabulary.fixtures) },
      });
    })
    .meta({ description: 'The name of a position of this file, or a $ref to an id.' });

  return {
    user,
    /** One user or several, as a list. */
    whom: z
      .union([user, z.array(user).min(1, 'needs at least one user')])
      .transform((whom) => (Array.isArray(whom) ? whom : [whom])),
    position,
    eventType: z.enum(eventTypes),
    duration,
    name,
    text: z.string(),
    map: z.record(z.string(), z.unknown()),
    pattern: z
      .unknown()
      .superRefine((pattern, context) => {
        for (const { path, message, hint } of patternMistakes(pattern)) {
          context.addIssue({ code: 'custom', message, path: [...path], params: { hint } });
        }
      })
      .meta({
        description:
          'A pattern: a map is a subset, a list has exact length and order, a scalar is equal; any value may be an ' +
          'operator like { $regex: … }, { $any: uuid }, { $not: … }, { $gt: 1 }, { $contains: … }, { $length: 2 } or ' +
          '{ $each: … }.',
      }),
  };
}

const isWholeRef = (text: string): boolean => {
  const [ref] = refsIn(text);
  return ref?.start === 0 && ref.end === text.length;
};

function usersHint(users: readonly string[]): string | undefined {
  return users.length === 0 ? undefined : `There ${users.length === 1 ? 'is' : 'are'} ${listed(users)}.`;
}

function positionHint(typed: string, positions: readonly string[], fixtures: readonly string[]): string {
  if (fixtures.includes(typed)) {
    return 'It comes with the fixtures, but nobody has it: name it under "positions".';
  }
  return positions.length === 0
    ? 'Nobody has a position: name some under "positions".'
    : `There ${positions.length === 1 ? 'is' : 'are'} ${listed(positions)}.`;
}
