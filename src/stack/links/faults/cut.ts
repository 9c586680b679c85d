import type { CutFault } from '../../../protocol/links-config.ts';
import type { Fault } from './fault.ts';

/**
 * Severs a link: its connections are reset, and so is every new one. A connection has two directions that live and die
 * together, so on a relay link either direction is the whole of it; between backends `from` is the one that dials.
 */
export function cut({ id, from, to, both }: CutFault): Fault {
  let touched = 0;
  return {
    id,
    concerns: (passage) =>
      (passage.from === from && passage.to === to) ||
      ((both || from === 'relay') && passage.from === to && passage.to === from),
    meet(passage) {
      touched += 1;
      passage.sever();
    },
    lift() {},
    get touched() {
      return touched;
    },
  };
}
