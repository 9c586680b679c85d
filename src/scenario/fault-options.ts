import { z } from 'zod';
import { messageType } from '../protocol/links-config.ts';
import type { WantedFault } from '../stack/stack.ts';
import { isMap } from './is-map.ts';
import type { Leaves } from './leaves.ts';
import type { StepContext } from './step-context.ts';
import { passed, type StepEnd } from './step-end.ts';
import type { BlockForm, LeaveBlock } from './verb.ts';

/** Every fault can be in force just while some steps run. */
export const faultBlock: BlockForm = { under: 'do', needed: false, atOnce: false };

/** Where a fault lies and how long; the same for all of them. */
export function placeOptions({ user, duration, name }: Leaves) {
  const end = z.union([z.literal('relay'), user]);
  return {
    from: end.optional().meta({ description: 'Who sends what it lies on, or asks.' }),
    to: end.optional().meta({ description: 'For whom that is.' }),
    between: z.tuple([end, end]).optional().meta({ description: 'Both directions.' }),
    for: duration
      .refine((ms) => ms > 0, 'is no time at all: leave it out, or say how long the fault lasts')
      .optional()
      .meta({ description: 'Heals itself after this time, beside the next steps.' }),
    as: name.optional().meta({ description: 'Names the fault, for heal.' }),
  };
}

/** Which messages a fault is about. */
export const choiceOptions = {
  type: messageType
    .optional()
    .meta({ description: 'Only these: an event type, or the name of a frame or a request.' }),
  nth: z.int().min(1, 'counts from 1').optional().meta({ description: 'Only the nth of them.' }),
  chance: z
    .number()
    .gt(0, 'must be above 0')
    .lte(1, 'must be at most 1')
    .optional()
    .meta({ description: 'Each of them with this probability.' }),
} as const;

interface Place {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly between?: readonly [string, string] | undefined;
}

export interface PlaceAndTime extends Place {
  readonly for?: number | undefined;
  readonly as?: string | undefined;
}

/** Complains where it is not said, or said twice, where a fault lies. */
export function isPlaced(verb: string) {
  return ({ from, to, between }: Place, context: z.core.$RefinementCtx): void => {
    const isHalf = from !== undefined || to !== undefined;
    if (between ? !isHalf : from !== undefined && to !== undefined) return;
    context.addIssue({
      code: 'custom',
      message: `${verb} needs either "between: [A, B]" or both "from" and "to".`,
    });
  };
}

/** What a fault's chance begins with; of one that leaves nothing to chance, 0. */
export type Seed = (chance: number | undefined) => number;

export function placeOf({ from, to, between }: Place) {
  const [a = '', b = ''] = between ?? [from, to];
  return { from: a, to: b, both: between !== undefined };
}

/** Lays a fault on its link, and heals it after its time. `seed` gives it its own share of chance, if it needs one. */
export async function impose(
  context: StepContext,
  said: PlaceAndTime,
  fault: (place: ReturnType<typeof placeOf>, seed: Seed) => WantedFault,
): Promise<StepEnd> {
  const { for: forMs, as } = said;
  const seed: Seed = (chance) => (chance === undefined ? 0 : context.nextSeed());
  const inForce = await context.stack.impose(fault(placeOf(said), seed));
  if (as !== undefined) context.faultNames.set(as, inForce.id);
  if (forMs !== undefined) context.later(forMs, () => context.heal({ id: inForce.id }));
  return passed(inForce);
}

/** Heals the fault of a block, unless a step in it or its time has done so. */
export const healOwn: LeaveBlock = async (begun, context) => {
  const id = begun.outcome === 'passed' && isMap(begun.value) ? begun.value.id : undefined;
  const isThere = context.stack.faults().some((fault) => fault.id === id);
  if (typeof id === 'string' && isThere) await context.heal({ id });
  return begun;
};
