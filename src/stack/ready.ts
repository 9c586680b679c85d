import { setTimeout as wait } from 'node:timers/promises';
import { type Readyz, readyz } from '../protocol/health.ts';
import { getText } from './get-text.ts';
import { strangersServer } from './problems.ts';

export interface Probe {
  /** For the sentence about a stranger's server. */
  readonly name: string;
  readonly url: string;
  readonly runId: string;
  /** Certificates in PEM by which it is known; undefined: it speaks without TLS. */
  readonly authorities: string | undefined;
  /** What it may go on waiting for, because it is known to be down or cut off. */
  readonly mayWait: () => boolean;
  /** Ends the probing; its reason is thrown. */
  readonly signal: AbortSignal;
  /** What was seen last, for the sentence about a start that takes too long. */
  readonly seen: (sentence: string) => void;
}

/** Often at first, because a warm stack is up within some tens of milliseconds; then not to be in the way of a cold one. */
const firstPauseMs = 5;
const pauseGrowth = 1.5;
const longestPauseMs = 100;

/**
 * Asks `/readyz` until it says ready with our run id. Rejects with the Problem `strangers-server` when another run's
 * or nobody's id comes back, and with the signal's reason.
 */
export async function untilReady({
  name,
  url,
  runId,
  authorities,
  mayWait,
  signal,
  seen,
}: Probe): Promise<void> {
  for (let pause = firstPauseMs; ; pause = Math.min(pause * pauseGrowth, longestPauseMs)) {
    signal.throwIfAborted();
    const answer = await ask(new URL('/readyz', url), authorities, signal);
    signal.throwIfAborted();
    if (typeof answer === 'string') seen(answer);
    else if (answer.run_id !== runId) throw strangersServer(name, url);
    else if (answer.status === 'ready' || mayWait()) return;
    else seen(`waiting for ${answer.waiting_for?.join(', ') ?? 'something that it does not name'}`);
    await wait(pause, undefined, { signal }).catch(() => {});
  }
}

/** The answer, or in words why there is none. */
async function ask(url: URL, ca: string | undefined, signal: AbortSignal): Promise<Readyz | string> {
  const reply = await getText(url, { ca, signal });
  return typeof reply === 'string' ? reply : understand(reply.status, reply.body);
}

function understand(status: number, body: string): Readyz | string {
  try {
    const answer = readyz.safeParse(JSON.parse(body));
    if (answer.success) return answer.data;
  } catch {
    // Not JSON: told like any other answer that is not one of ours.
  }
  return `/readyz answered ${status} with something else than readiness`;
}
