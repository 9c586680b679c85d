import { z } from 'zod';
import { backendRoutes } from '../protocol/backend-rest.ts';
import type { FetchOutcome } from './checks/judge-fetch.ts';
import { type FetchRules, fetchJson } from './fetch-json.ts';
import type { FetchJob } from './store/fetch-jobs.ts';

const answer = backendRoutes.readPosition.answer;
export type FetchedPosition = z.infer<typeof answer>;

/** The most that an owner's answer may have, in bytes. */
export const fetchBytes = 256 * 1024;

/** Asks the owner's backend for the position of a job, as the owner shows it to this user. Never rejects. */
export async function fetchPosition(
  job: Pick<FetchJob, 'position_id' | 'owner_id'>,
  url: string,
  peerToken: string,
  rules: FetchRules,
): Promise<FetchOutcome<FetchedPosition>> {
  const outcome = await fetchJson(url, { authorization: `Bearer ${peerToken}` }, rules);
  if (outcome.kind !== 'answered') return outcome;
  const { status } = outcome;
  const parsed = z.safeParse(answer, outcome.answer);
  // An owner can only speak of its own: a backend that answers with another position would overwrite that one.
  const rightOne = parsed.data?.id === job.position_id && parsed.data.owner_id === job.owner_id;
  return parsed.success && rightOne
    ? { kind: 'answered', status, answer: parsed.data }
    : { kind: 'broken', code: 'bad_answer', status };
}
