import { Problem } from '../problem.ts';
import type { ProblemRecord } from '../protocol/problem-record.ts';
import type { Holder } from './ports.ts';

/** A child's problem, as it was told over IPC. */
export const fromRecord = ({ code, message, hint, exit }: ProblemRecord): Problem =>
  new Problem({
    code,
    message,
    hint,
    exit: exit === 1 || exit === 2 || exit === 4 || exit === 5 ? exit : 3,
  });

/** A sentence with a process's last words. */
export const quoted = (lines: readonly string[]): string =>
  lines.length === 0
    ? ' It said nothing.'
    : ` Its last words:\n${lines.map((line) => `  ${line}`).join('\n')}`;

/** What everybody is told who waits for an answer of a process that is gone. */
export class ChildGone extends Problem {
  readonly death: string;
  readonly lastLines: readonly string[];

  constructor(death: string, lastLines: readonly string[]) {
    super({ code: 'child-gone', message: `The process ended (${death}).${quoted(lastLines)}` });
    this.death = death;
    this.lastLines = lastLines;
  }
}

export const noAnswer = (what: string, ms: number): Problem =>
  new Problem({ code: 'no-answer', message: `The process did not answer "${what}" within ${ms} ms.` });

/** Sentence ends for whoever waits for a process that cannot start. */
export const waited = (waiting: readonly string[]): string =>
  waiting.length === 0 ? '' : ` Waiting for it: ${waiting.join(', ')}.`;

/** A hint with the file that has everything which a process printed. */
export const wholeOutput = (log: string): string => `Its whole output is in ${log}.`;

export const diedWhileStarting = (
  name: string,
  { death, lastLines }: ChildGone,
  { waiting, log }: { readonly waiting: readonly string[]; readonly log: string },
): Problem =>
  new Problem({
    code: 'died-while-starting',
    message: `${name} died while starting (${death}).${waited(waiting)}${quoted(lastLines)}`,
    hint: wholeOutput(log),
  });

export const killedWhileStarting = (name: string): Problem =>
  new Problem({ code: 'killed', message: `${name} was killed while it was starting.` });

export const notReady = (
  name: string,
  {
    ms,
    lastLines,
    waiting,
    seen,
    log,
  }: { ms: number; lastLines: readonly string[]; waiting: readonly string[]; seen: string; log: string },
): Problem =>
  new Problem({
    code: 'not-ready',
    message: `${name} was not ready after ${Math.round(ms / 1000)} s: ${seen}.${waited(waiting)}${quoted(lastLines)}`,
    hint: wholeOutput(log),
  });

export const cannotStart = (name: string, cause: Problem, waiting: readonly string[]): Problem =>
  new Problem({
    code: cause.code,
    message: `${name} cannot start: ${cause.message}${waited(waiting)}`,
    hint: cause.hint,
    exit: cause.exit,
    cause,
  });

export const redisMissing = (): Problem =>
  new Problem({
    code: 'redis-missing',
    message: 'Several relay nodes need a Redis between them, and there is no redis-server on the PATH.',
    hint: 'Install Redis 7 or newer (the Debian package redis-server), or start with one relay.',
  });

export const strangersServer = (name: string, url: string): Problem =>
  new Problem({
    code: 'strangers-server',
    message: `What answers at ${url} is not the ${name} of this run.`,
    hint: 'Another server holds that address. Stop it, or start with --ports auto.',
  });

export const portTaken = (
  taken: readonly { readonly port: number; readonly what: string; readonly holder: Holder | undefined }[],
): Problem =>
  new Problem({
    code: 'port-taken',
    message: taken
      .map(
        ({ port, what, holder }) =>
          `Port ${port}, for ${what}, is held by ${holder ? `process ${holder.pid} (${holder.command})` : 'another process'}.`,
      )
      .join('\n'),
    hint: 'Stop that process, take any free ports with --ports auto, or move with --port-base.',
  });

export const directNeedsLinks = (): Problem =>
  new Problem({
    code: 'direct-needs-links',
    message:
      'The direct topology does not run without links: their addresses are what the backends know of one another.',
    hint: 'Leave --no-links out.',
    exit: 2,
  });

export const noRelay = (topology: string): Problem =>
  new Problem({ code: 'no-relay', message: `The ${topology} topology has no relay.`, exit: 2 });

export const nodesOfNoRelay = (topology: string): Problem =>
  new Problem({
    code: 'no-relay',
    message: `The ${topology} topology has no relay, so it has no nodes either.`,
    hint: 'Leave --relays out, or --topology.',
    exit: 2,
  });

export const oneProcess = (user: string): Problem =>
  new Problem({
    code: 'one-process',
    message: `${user} has no process of their own: in the single topology all users are in "backend".`,
    hint: 'What is done to "backend" is done to all of them.',
    exit: 2,
  });

export const noSuchInstance = (name: string, known: readonly string[]): Problem =>
  new Problem({
    code: 'no-such-instance',
    message: `Nothing in this stack is called "${name}". There are ${known.join(', ')}.`,
    exit: 2,
  });

export const reservedName = (name: string): Problem =>
  new Problem({
    code: 'reserved-name',
    message: `A user cannot be called "${name}": a part of the stack has that name.`,
    exit: 2,
  });

export const twice = (name: string): Problem =>
  new Problem({ code: 'user-twice', message: `There are two users called "${name}".`, exit: 2 });

export const alreadyRunning = (name: string): Problem =>
  new Problem({ code: 'already-running', message: `${name} is running already.` });

export const notRunning = (name: string): Problem =>
  new Problem({ code: 'not-running', message: `${name} is not running.` });

export const notPaused = (name: string): Problem =>
  new Problem({ code: 'not-paused', message: `${name} is not paused.` });

export const isPaused = (name: string): Problem =>
  new Problem({
    code: 'paused',
    message: `${name} is paused, and answers nothing.`,
    hint: 'It goes on with resume.',
  });

export const noLinks = (): Problem =>
  new Problem({
    code: 'no-links',
    message: 'A stack that runs without links has none that a fault could lie on.',
    hint: 'Start without --no-links.',
    exit: 2,
  });

export const noSuchFault = (id: string): Problem =>
  new Problem({ code: 'no-such-fault', message: `No fault "${id}" is in force.` });

export const noLinkBetween = (from: string, to: string): Problem =>
  new Problem({
    code: 'no-such-link',
    message: `There is no link from ${from} to ${to}.`,
    hint: 'Links run between two users, and between a user and the relay.',
    exit: 2,
  });

export const hiddenByTls = (from: string, to: string): Problem =>
  new Problem({
    code: 'hidden-by-tls',
    message: `Who dials ${to} cannot be told in a stack that speaks TLS, so the link from ${from} cannot be told from others.`,
    hint: `Start without --tls, or put the fault between ${from} and the relay.`,
    exit: 2,
  });

export const sealedByTls = (verb: string): Problem =>
  new Problem({
    code: 'sealed-by-tls',
    message: `This ${verb} picks messages, and in a stack that speaks TLS no link can tell one from another.`,
    hint: 'Start without --tls, or leave out type, nth and chance: cut, reset, drop, delay and throttle work on all bytes.',
    exit: 2,
  });

export const poolClosed = (): Problem =>
  new Problem({ code: 'stopped', message: 'The stack is being stopped, so nothing more is started.' });

export const stackStopped = (): Problem =>
  new Problem({ code: 'stopped', message: 'The stack is being stopped.' });

export const noUrl = (name: string): Problem =>
  new Problem({ code: 'no-url', message: `${name} has not said where it listens.` });

export const noReply = (name: string): Problem =>
  new Problem({ code: 'no-reply', message: `${name} did not say what the relay replied.` });
