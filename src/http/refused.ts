import { type ProblemDetails, type Refusal, refusals } from '../protocol/problem-details.ts';

export interface RefusedParts {
  readonly detail?: string | undefined;
  readonly retryAfterMs?: number | undefined;
  /** What is wrong with the request, one entry a complaint. */
  readonly errors?: ProblemDetails['errors'];
}

/** A request that is answered with one of the refusals of protocol/problem-details.ts. Any room may throw it. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly code: Refusal;
  readonly detail: string | undefined;
  readonly retryAfterMs: number | undefined;
  readonly errors: ProblemDetails['errors'];

  constructor(code: Refusal, { detail, retryAfterMs, errors }: RefusedParts = {}) {
    super(detail ?? refusals[code].title);
    this.code = code;
    this.detail = detail;
    this.retryAfterMs = retryAfterMs;
    this.errors = errors;
  }
}

/** The body of a refusal (RFC 9457). */
export function problemDetailsOf({ code, detail, retryAfterMs, errors }: Refused): ProblemDetails {
  const { status, title } = refusals[code];
  return {
    type: `urn:collab:problem:${code}`,
    title,
    status,
    code,
    ...(detail !== undefined && { detail }),
    ...(retryAfterMs !== undefined && { retry_after_ms: retryAfterMs }),
    ...(errors && { errors }),
  };
}
