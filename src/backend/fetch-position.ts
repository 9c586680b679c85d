import { z } from 'zod';
import { backendRoutes } from '../protocol/backend-rest.ts';
import type { FetchOutcome } from './checks/judge-fetch.ts';
import type { FetchJob } from './store/fetch-jobs.ts';

const answer = backendRoutes.readPosition.answer;
export type FetchedPosition = z.infer<typeof answer>;

/** What the owner's backend has answered to the question for a job's position, if it is that. */
export function fetchedPosition(
  job: Pick<FetchJob, 'position_id' | 'owner_id'>,
  outcome: FetchOutcome<unknown>,
): FetchOutcome<FetchedPosition> {
  if (outcome.kind !== 'answered') return outcome;
  const { status, via } = outcome;
  const parsed = z.safeParse(answer, outcome.answer);
  // An owner can only speak of its own: a backend that answers with another position would overwrite that one.
  const rightOne = parsed.data?.id === job.position_id && parsed.data.owner_id === job.owner_id;
  return parsed.success && rightOne
    ? { kind: 'answered', status, answer: parsed.data, via }
    : { kind: 'broken', code: 'bad_answer', status, via };
}
