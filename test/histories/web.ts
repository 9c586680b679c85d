import type { FetchOutcome } from '../../src/backend/checks/judge-fetch.ts';
import { WithStatus } from '../../src/http/answer.ts';
import { Refused } from '../../src/http/refused.ts';
import type { UserId } from '../../src/protocol/ids.ts';
import { refusals } from '../../src/protocol/problem-details.ts';
import type { SimulatedBackend } from './backend.ts';

/** A question of one backend to another that is under way, there or back. */
export interface Exchange {
  readonly from: SimulatedBackend;
  readonly to: UserId;
  /** Whoever is to move next: the one who is asked, or the one who gets the answer. */
  readonly isBack: boolean;
  readonly go: (owner: SimulatedBackend | undefined) => void;
  readonly lose: () => void;
}

/** What backends ask one another over HTTP. */
export class Web {
  readonly underWay: Exchange[] = [];

  ask<Answer>(
    from: SimulatedBackend,
    to: UserId,
    serve: (owner: SimulatedBackend) => FetchOutcome<Answer>,
    done: (outcome: FetchOutcome<Answer>) => void,
  ): void {
    const lose = () => done({ kind: 'unreachable', code: 'lost' });
    const back = (outcome: FetchOutcome<Answer>) =>
      this.underWay.push({ from, to, isBack: true, go: () => done(outcome), lose });
    const go = (owner: SimulatedBackend | undefined) => {
      back(owner ? serve(owner) : { kind: 'unreachable', code: 'refused' });
    };
    this.underWay.push({ from, to, isBack: false, go, lose });
  }
}

/** What a handler answers, as whoever asked over HTTP hears it. */
export function answered<Answer>(
  handle: () => Answer | WithStatus<Answer> | Promise<Answer | WithStatus<Answer>>,
): FetchOutcome<Answer> {
  try {
    const answer = handle();
    if (answer instanceof Promise || answer instanceof WithStatus)
      throw new Error('not what this route does');
    return { kind: 'answered', status: 200, answer };
  } catch (error) {
    if (error instanceof Refused) return { kind: 'status', status: refusals[error.code].status };
    throw error;
  }
}
