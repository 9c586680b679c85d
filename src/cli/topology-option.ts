import { Option } from 'commander';
import { topologies } from '../protocol/topology.ts';

/** `--topology`, the same for every command that starts a stack. */
export const topologyOption = (): Option =>
  new Option(
    '--topology <how>',
    'how backends reach one another: through a relay, direct, or all in a single process; a file that names one keeps it',
  ).choices(topologies);
