import type { FaultRecord } from '../protocol/records.ts';

/** A fault while it is in force. */
export interface FaultInForce {
  readonly id: string;
  readonly verb: string;
  /** Where it lies: `alice → relay`. */
  readonly what: string;
  /** What its verb does not say. */
  readonly how: string | undefined;
}

/** The faults in force, by id. */
export type Faults = Map<string, FaultInForce>;

export function takeFault(faults: Faults, { id, verb, what, how, state }: FaultRecord): void {
  if (state === 'in_force') faults.set(id, { id, verb, what, how });
  else faults.delete(id);
}

/** `drop relay → bob (position_shared)` */
export const faultInWords = ({ verb, what, how }: FaultInForce): string =>
  `${verb} ${what}${how === undefined ? '' : ` (${how})`}`;

/** `alice ↔ relay` seen from alice is `↔ relay`; undefined where the fault is not on her. */
export function seenFrom({ verb, what }: FaultInForce, name: string): string | undefined {
  const words = what.split(' ');
  if (!words.includes(name)) return undefined;
  return [verb, ...words.filter((word) => word !== name)].join(' ');
}

export const isCut = (faults: Iterable<FaultInForce>, user: string): boolean =>
  [...faults].some(({ verb, what }) => verb === 'cut' && what.split(' ').includes(user));
