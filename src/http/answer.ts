import type { ServerResponse } from 'node:http';
import { problemDetailsOf, type Refused } from './refused.ts';

/** An answer with another status than its route's: a `readyz` that says 503 with its normal body. */
export class WithStatus<Answer> {
  readonly status: number;
  readonly answer: Answer;

  constructor(status: number, answer: Answer) {
    this.status = status;
    this.answer = answer;
  }
}

export const withStatus = <Answer>(status: number, answer: Answer): WithStatus<Answer> =>
  new WithStatus(status, answer);

export function sendJson(response: ServerResponse, status: number, value: unknown): void {
  send(response, status, 'application/json; charset=utf-8', JSON.stringify(value));
}

/** Answers with text of a route's own media type; a browser may run nothing of it. */
export function sendText(response: ServerResponse, status: number, media: string, text: string): void {
  response.setHeader('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'");
  send(response, status, media, text);
}

/** Answers a refusal; a client that is to wait is told so in `Retry-After` (whole seconds) and in the body (ms). */
export function sendRefusal(response: ServerResponse, refused: Refused): void {
  const problem = problemDetailsOf(refused);
  if (problem.status === 401) response.setHeader('www-authenticate', 'Bearer');
  if (refused.retryAfterMs !== undefined) {
    response.setHeader('retry-after', Math.max(1, Math.ceil(refused.retryAfterMs / 1000)));
  }
  send(response, problem.status, 'application/problem+json; charset=utf-8', JSON.stringify(problem));
}

function send(response: ServerResponse, status: number, type: string, text: string): void {
  if (response.headersSent || response.destroyed) return;
  const body = Buffer.from(text);
  response.writeHead(status, {
    'content-type': type,
    'content-length': body.byteLength,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
  // To a HEAD request Node itself writes no body.
  response.end(body);
}
