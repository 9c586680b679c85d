import type { LinkFault } from '../../../protocol/links-config.ts';
import type { Fault } from './fault.ts';
import { onLink } from './on-link.ts';

/** Lets so many bytes a second pass; of an exchange between backends, of the answer too. */
export const throttle = (fault: Extract<LinkFault, { verb: 'throttle' }>): Fault =>
  onLink(fault, { judge: () => ({ do: 'slow', bytesPerSecond: fault.bytes_per_second }) });
