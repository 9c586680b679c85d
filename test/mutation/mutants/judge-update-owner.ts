import { judgeUpdate as real, type UpdateFacts } from '../../../src/backend/checks/judge-update.ts';

/** Takes an update from anybody. */
export const judgeUpdate = (facts: UpdateFacts) => real({ ...facts, from: facts.held?.owner ?? facts.from });
