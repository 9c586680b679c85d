import {
  judgeUpdate as real,
  type UpdateFacts,
  type UpdateJudgement,
} from '../../../src/backend/checks/judge-update.ts';

/** Applies every update, however old. */
export function judgeUpdate(facts: UpdateFacts): UpdateJudgement {
  const judgement = real(facts);
  return judgement.do === 'ignore' && facts.version !== undefined
    ? { do: 'apply', version: facts.version }
    : judgement;
}
