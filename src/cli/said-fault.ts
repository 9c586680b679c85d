import { z } from 'zod';
import { Problem } from '../problem.ts';
import type { FaultVerb } from '../scenario/fault-verb.ts';
import { anyVocabulary, leavesFor } from '../scenario/leaves.ts';

/** One thing that a fault can be told, as a flag. */
export interface FaultFlag {
  /** `--by <value>` */
  readonly flags: string;
  readonly description: string;
}

/** A flag for each option that the language knows for a fault, so that there is one vocabulary. */
export function flagsOf(verb: FaultVerb): readonly FaultFlag[] {
  return Object.entries(verb.schema(leavesFor(anyVocabulary)).shape).map(([key, schema]) => ({
    flags: key === 'between' ? '--between <a,b>' : `--${key} <${key === 'as' ? 'name' : 'value'}>`,
    description: descriptionOf(schema),
  }));
}

function descriptionOf(schema: unknown): string {
  const text = schema instanceof z.ZodType ? (schema.description ?? '') : '';
  return text.replace(/\.$/, '').replace(/^./, (first) => first.toLowerCase());
}

/**
 * What a command line says of a fault, as the value that stands behind its verb in a scenario file. Names alone are the
 * two ends; one name alone is that user's link to the relay.
 * @throws Problem for more than two
 */
export function saidFault(
  ends: readonly string[],
  flags: Readonly<Record<string, string>>,
): Record<string, unknown> {
  const [a, b, ...more] = ends;
  if (more.length > 0) throw tooManyEnds(ends);
  const { between, ...rest } = flags;
  const both =
    between?.split(',').map((name) => name.trim()) ?? (a === undefined ? undefined : [a, b ?? 'relay']);
  const said = Object.entries(rest).map(([key, value]) => [key, key === 'as' ? value : numberOr(value)]);
  return { ...(both && { between: both }), ...Object.fromEntries(said) };
}

/** As YAML reads it. */
const numberOr = (text: string): string | number => (/^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text);

const tooManyEnds = (ends: readonly string[]) =>
  new Problem({
    code: 'bad-fault',
    message: `A fault lies between two names, not ${ends.length}: ${ends.join(', ')}.`,
    exit: 2,
  });
