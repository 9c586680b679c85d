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

const page = backendRoutes.listComments.answer;
/** A thread that goes on behind this many pages is no honest one. */
const mostPages = 1000;

/** Asks for the comments that did not fit into the answer. `ask` GETs a path below the position's own. */
export async function withWholeThread(
  outcome: FetchOutcome<FetchedPosition>,
  ask: (path: string) => Promise<FetchOutcome<unknown>>,
): Promise<FetchOutcome<FetchedPosition>> {
  if (outcome.kind !== 'answered' || !outcome.answer.more_comments) return outcome;
  const { status, via, answer: first } = outcome;
  const comments = new Map((first.comments ?? []).map((comment) => [comment.id, comment]));
  for (let pages = 0; pages < mostPages; pages += 1) {
    const after = [...comments.keys()].at(-1);
    const more = await ask(
      after === undefined ? '/comments' : `/comments?after=${encodeURIComponent(after)}`,
    );
    if (more.kind !== 'answered') return more;
    const parsed = z.safeParse(page, more.answer);
    if (!parsed.success) return { kind: 'broken', code: 'bad_answer', status: more.status, via: more.via };
    const known = comments.size;
    for (const comment of parsed.data) comments.set(comment.id, comment);
    if (comments.size === known)
      return { ...outcome, answer: { ...first, comments: [...comments.values()] } };
  }
  return { kind: 'broken', code: 'too_big', status, via };
}
