import type { LinkFault } from '../../../protocol/links-config.ts';
import { chooser, isChoice } from './choice.ts';
import type { Fault, Passage } from './fault.ts';
import { onLink } from './on-link.ts';
import { seeded } from './random.ts';

/**
 * Swallows chosen messages; the others go on as if those had never been sent. Without a choice every byte of a direction
 * vanishes while the connection stays open, which is called half-open. A stream with a hole in it cannot go on, so such
 * a connection is reset when the fault is lifted, as TCP itself would end it.
 */
export function drop(fault: Extract<LinkFault, { verb: 'drop' }>): Fault {
  if (isChoice(fault)) {
    const isChosen = chooser(fault, seeded(fault.seed));
    return onLink(fault, { judge: (unit) => (isChosen(unit) ? { do: 'drop' } : undefined) });
  }
  const holed = new Set<Passage>();
  return onLink(fault, {
    judge({ passage, way }) {
      if (way.isAnswer) return undefined;
      holed.add(passage);
      return { do: 'drop' };
    },
    lift() {
      for (const passage of holed) passage.sever();
      holed.clear();
    },
  });
}
