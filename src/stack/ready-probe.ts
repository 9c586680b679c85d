import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { messageOf } from '../problem.ts';
import type { ReadyProbe } from './foreign-command.ts';
import { getText } from './get-text.ts';
import type { ReadyAttempt } from './managed-instance.ts';
import { loopback } from './plan.ts';

export interface ProbePlace {
  /** The command's own port, and what it is asked by there. */
  readonly url: string;
  /** Certificates in PEM by which it may be known; undefined: the usual ones. */
  readonly authorities: string | undefined;
  /** Resolves when the line of a `log` probe was printed. */
  readonly printed: Promise<void> | undefined;
  /** It cannot become ready because of us: then any answer will do. */
  readonly mayWait: () => boolean;
}

const pauseMs = 50;
/** A server that takes a question and never answers it is asked again. */
const answerMs = 2000;

/** Resolves when a command does what its probe asks for; rejects with the signal's reason. */
export async function untilProbed(
  probe: ReadyProbe,
  attempt: ReadyAttempt,
  place: ProbePlace,
): Promise<void> {
  const { signal, seen } = attempt;
  if ('log' in probe) {
    seen(`it has not printed a line with "${probe.log}"`);
    await place.printed;
    return;
  }
  const look = 'http' in probe ? () => askHttp(probe.http, place, signal) : () => dial(probe.tcp, place);
  for (;;) {
    signal.throwIfAborted();
    const trouble = await look();
    if (trouble === undefined) return;
    // The last look was cut short, and has seen nothing.
    signal.throwIfAborted();
    seen(trouble);
    await wait(pauseMs, undefined, { signal }).catch(() => {});
  }
}

/** Undefined: it is ready; else why it is not. */
type Look = Promise<string | undefined>;

async function askHttp(target: string, { url, authorities, mayWait }: ProbePlace, signal: AbortSignal): Look {
  const asked = new URL(target, url);
  const once = AbortSignal.any([signal, AbortSignal.timeout(answerMs)]);
  const reply = await getText(asked, { ca: authorities, signal: once });
  if (typeof reply === 'string') return reply;
  if ((reply.status >= 200 && reply.status < 400) || mayWait()) return undefined;
  return `${asked.href} answered ${reply.status}`;
}

async function dial(port: true | number, { url }: ProbePlace): Look {
  const where = port === true ? Number(new URL(url).port) : port;
  const socket = connect({ host: loopback, port: where });
  try {
    await once(socket, 'connect');
    return undefined;
  } catch (error) {
    return `nobody listens on port ${where} (${messageOf(error)})`;
  } finally {
    socket.destroy();
  }
}
