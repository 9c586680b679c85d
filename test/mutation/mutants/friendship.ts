import type { Tie } from '../../../src/relay/friendship.ts';

export * from '../../../src/relay/friendship.ts';

/** Everybody is everybody's friend. */
export const tie = (): Tie => 'friends';
