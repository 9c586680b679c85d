import { judgeShare as real, type ShareFacts } from '../../../src/backend/checks/judge-share.ts';

export * from '../../../src/backend/checks/judge-share.ts';

/** Takes a share from anybody, whoever has its id. */
export const judgeShare = (facts: ShareFacts) => real({ ...facts, friendship: 'friend', holder: facts.from });
