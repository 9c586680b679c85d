import type { LinkFault } from '../../../protocol/links-config.ts';
import type { Fault } from './fault.ts';
import { onLink } from './on-link.ts';

/**
 * Severs a link: its connections are reset, and so is every new one. The two directions of a connection live and die
 * together, so on a relay link either direction is the whole of it; between backends `from` is the one that dials.
 */
export const cut = (fault: Extract<LinkFault, { verb: 'cut' }>): Fault =>
  onLink(fault, {
    meet(passage) {
      passage.sever();
      return true;
    },
  });
