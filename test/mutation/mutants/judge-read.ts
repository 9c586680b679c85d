import type { ReadFacts } from '../../../src/backend/checks/judge-read.ts';

/** Shows everybody what it has. */
export const mayRead = ({ held }: ReadFacts): boolean => held !== undefined;
