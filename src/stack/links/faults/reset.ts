import type { LinkFault } from '../../../protocol/links-config.ts';
import { chooser, isChoice } from './choice.ts';
import type { Fault } from './fault.ts';
import { onLink } from './on-link.ts';
import { seeded } from './random.ts';

/**
 * Resets connections, and lets new ones through: without a choice those that are there when it comes, with one each on
 * which a chosen message comes, which is lost with it.
 */
export function reset(fault: Extract<LinkFault, { verb: 'reset' }>): Fault {
  if (!isChoice(fault)) {
    return onLink(fault, {
      meet(passage, isNew) {
        if (!isNew) passage.sever();
        return !isNew;
      },
    });
  }
  const isChosen = chooser(fault, seeded(fault.seed));
  return onLink(fault, { judge: (unit) => (isChosen(unit) ? { do: 'reset' } : undefined) });
}
