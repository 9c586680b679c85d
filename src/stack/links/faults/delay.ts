import type { LinkFault } from '../../../protocol/links-config.ts';
import { chooser, isChoice } from './choice.ts';
import type { Fault } from './fault.ts';
import { onLink } from './on-link.ts';
import { seeded } from './random.ts';

/**
 * Holds what passes: everything, in its order, or with a choice the chosen messages alone, which others then pass.
 * Jitter adds up to so much to each.
 */
export function delay(fault: Extract<LinkFault, { verb: 'delay' }>): Fault {
  const random = seeded(fault.seed);
  const passed = isChoice(fault);
  const isChosen = passed ? chooser(fault, random) : () => true;
  return onLink(fault, {
    judge(unit) {
      if (unit.way.isAnswer || !isChosen(unit)) return undefined;
      return { do: 'hold', ms: fault.by_ms + random() * fault.jitter_ms, passed };
    },
  });
}
