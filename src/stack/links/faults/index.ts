import type { LinkFault } from '../../../protocol/links-config.ts';
import { cut } from './cut.ts';
import { delay } from './delay.ts';
import { drop } from './drop.ts';
import { duplicate } from './duplicate.ts';
import type { Fault } from './fault.ts';
import { reset } from './reset.ts';
import { throttle } from './throttle.ts';

/** Makes a fault of the kind that its verb names. Adding a kind is one file and one line here. */
export function faultOf(fault: LinkFault): Fault {
  switch (fault.verb) {
    case 'cut':
      return cut(fault);
    case 'reset':
      return reset(fault);
    case 'drop':
      return drop(fault);
    case 'duplicate':
      return duplicate(fault);
    case 'delay':
      return delay(fault);
    case 'throttle':
      return throttle(fault);
    default:
      return fault satisfies never;
  }
}
