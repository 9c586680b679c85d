import type { z } from 'zod';
import type { WantedFault } from '../stack/stack.ts';
import { faultBlock, healOwn, impose, type PlaceAndTime, placeOf, type Seed } from './fault-options.ts';
import type { Leaves } from './leaves.ts';
import { defineControl, type Verb } from './verb.ts';

/** A fault as somebody said it, read: where it lies, for how long, and what it is. */
export interface SaidFault {
  readonly forMs: number | undefined;
  readonly as: string | undefined;
  /** `seed` gives it its own share of chance, if it needs one. */
  wanted(seed: Seed): WantedFault;
}

/** A fault of the language, which can be read outside of a file, too. */
export interface FaultVerb extends Verb {
  /** Everything that it can be told, by the names of one file or one stack. */
  schema(leaves: Leaves): z.ZodObject;
  read(said: unknown, leaves: Leaves): SaidFault | { readonly issues: readonly z.core.$ZodIssue[] };
}

/** A fault: as a step until it is healed, as a block while its steps run. */
export function defineFault<O extends z.ZodObject & z.ZodType<PlaceAndTime>>(parts: {
  readonly name: string;
  readonly summary: string;
  readonly schema: (leaves: Leaves) => O;
  readonly fault: (said: z.output<O>, place: ReturnType<typeof placeOf>, seed: Seed) => WantedFault;
}): FaultVerb {
  const { name, summary, schema, fault } = parts;
  const control = defineControl({
    name,
    summary,
    block: faultBlock,
    schema,
    run: (said, context) => impose(context, said, (place, seed) => fault(said, place, seed)),
    leave: healOwn,
  });
  return {
    ...control,
    schema,
    read(said, leaves) {
      const { data, error } = schema(leaves).safeParse(said);
      if (data === undefined) return { issues: error?.issues ?? [] };
      return {
        forMs: data.for,
        as: data.as,
        wanted: (seed) => fault(data, placeOf(data), seed),
      };
    },
  };
}
