import { stepOf } from '../client/event-step.ts';
import type { UserId } from '../protocol/ids.ts';
import type { Tell } from '../protocol/records.ts';
import type { FetchOutcome } from './checks/judge-fetch.ts';
import type { FetchConclusion } from './conclude-fetch.ts';
import type { FetchRunnerOptions } from './fetch-runner.ts';
import type { Pages } from './pages.ts';

export interface TellFetchOptions {
  readonly me: UserId;
  readonly tell: Tell;
  readonly pages: Pick<Pages, 'push'>;
}

/** Tells of every attempt, and shows what came of it. */
export function tellFetch({
  me,
  tell,
  pages,
}: TellFetchOptions): Pick<FetchRunnerOptions, 'onAttempt' | 'onConcluded' | 'onTrouble'> {
  return {
    onAttempt(job, outcome, attempt) {
      if (!job.event) return;
      tell({
        ...stepOf(job.event),
        step: 'fetched',
        to: me,
        attempt,
        ...wordsOf(outcome),
        ...(outcome.via && { via: outcome.via }),
      });
    },
    onConcluded(job, conclusion: FetchConclusion) {
      if (conclusion.kind !== 'stored' && conclusion.kind !== 'ended') return;
      const stored = conclusion.kind === 'stored';
      if (!job.event) {
        pages.push(conclusion.frames);
        const what = { user: me, friend: job.owner_id, position: job.position_id } as const;
        tell({ type: 'resync', ...what, state: stored ? 'stored' : 'ended' });
        return;
      }
      const step = stepOf(job.event);
      if (stored) tell({ ...step, step: 'stored', to: me });
      const shown = pages.push(conclusion.frames);
      // An update was shown when it came in, before it had to be fetched.
      if (stored && job.event.type === 'position_shared') {
        tell({ ...step, step: 'notified', to: me, pages: shown });
      }
    },
    onTrouble(text) {
      tell({
        type: 'note',
        level: 'warn',
        code: 'fetch_not_stored',
        text: `What was fetched for ${me} could not be written and is fetched again: ${text}`,
      });
    },
  };
}

function wordsOf(outcome: FetchOutcome<unknown>): { status?: number; code?: string } {
  switch (outcome.kind) {
    case 'answered':
    case 'status':
      return { status: outcome.status };
    case 'broken':
      return { code: outcome.code, ...(outcome.status !== undefined && { status: outcome.status }) };
    case 'unreachable':
      return { code: outcome.code };
    default:
      return outcome satisfies never;
  }
}
