/**
 * How one attempt to fetch a shared position ended. `code` says why there is no answer to be stored; `via`, that it did not
 * come straight from the owner's backend.
 */
export type FetchOutcome<Answer> = { readonly via?: 'relay' | undefined } & (
  | { readonly kind: 'answered'; readonly status: number; readonly answer: Answer }
  | { readonly kind: 'status'; readonly status: number }
  /** The answer, or the way to it, breaks a rule: asking again brings the same. */
  | {
      readonly kind: 'broken';
      readonly code:
        | 'bad_origin'
        | 'bad_address'
        | 'redirected'
        | 'too_big'
        | 'too_big_for_relay'
        | 'not_json'
        | 'bad_answer';
      readonly status?: number | undefined;
    }
  | { readonly kind: 'unreachable'; readonly code: string }
);

export type FetchJudgement<Answer> =
  | { readonly do: 'store'; readonly answer: Answer }
  | { readonly do: 'retry' }
  | { readonly do: 'end'; readonly code: string };

/** Answers that may be different in a moment: no or stale token, a slow or hurried server. */
const passing = new Set([401, 408, 425, 429]);

/** What follows from one attempt. A refusal ends the job; a server or network that is not well is asked again. */
export function judgeFetch<Answer>(outcome: FetchOutcome<Answer>): FetchJudgement<Answer> {
  switch (outcome.kind) {
    case 'answered':
      return { do: 'store', answer: outcome.answer };
    case 'broken':
      return { do: 'end', code: outcome.code };
    case 'unreachable':
      return { do: 'retry' };
    case 'status':
      return passing.has(outcome.status) || outcome.status >= 500
        ? { do: 'retry' }
        : { do: 'end', code: `http_${outcome.status}` };
    default:
      return outcome satisfies never;
  }
}
