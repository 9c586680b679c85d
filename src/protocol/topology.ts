import { z } from 'zod';

/**
 * How the backends reach one another. `relay`: through it. `direct`: each calls the others. `single`: they are one
 * process with a database for each user, which is where the product comes from.
 */
export const topology = z.enum(['relay', 'direct', 'single']);
export type Topology = z.infer<typeof topology>;
export const topologies = topology.options;
