import type { LinkFault } from '../../../protocol/links-config.ts';
import { type Fate, type Fault, lies, type Passage, type Unit } from './fault.ts';

/** What one kind of fault does; what all kinds have in common is added to it. */
export interface Effect {
  meet?(passage: Passage, isNew: boolean): boolean;
  judge?(unit: Unit): Fate | undefined;
  lift?(): void;
}

/** A fault that lies where it was told to, counts what it touched, and has an effect. */
export function onLink(fault: LinkFault, { meet, judge, lift }: Effect): Fault {
  let touched = 0;
  return {
    id: fault.id,
    verb: fault.verb,
    concerns: (way) => lies(fault, way),
    meet(passage, isNew) {
      const isMet = meet?.(passage, isNew) ?? false;
      if (isMet) touched += 1;
      return isMet;
    },
    judge(unit) {
      const fate = judge?.(unit);
      if (fate) touched += 1;
      return fate;
    },
    lift: () => lift?.(),
    get touched() {
      return touched;
    },
  };
}
