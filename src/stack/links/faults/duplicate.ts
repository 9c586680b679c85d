import type { LinkFault } from '../../../protocol/links-config.ts';
import { chooser } from './choice.ts';
import type { Fault } from './fault.ts';
import { onLink } from './on-link.ts';
import { seeded } from './random.ts';

/** Sends chosen messages twice, every one that has a name without a choice: the second time at once, or later. */
export function duplicate(fault: Extract<LinkFault, { verb: 'duplicate' }>): Fault {
  const isChosen = chooser(fault, seeded(fault.seed));
  return onLink(fault, {
    judge: (unit) => (isChosen(unit) ? { do: 'repeat', ms: fault.by_ms } : undefined),
  });
}
