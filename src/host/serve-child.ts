import { setTimeout as wait } from 'node:timers/promises';
import type { z } from 'zod';
import { type JournalWriter, openJournalWriter } from '../journal/writer.ts';
import { Problem } from '../problem.ts';
import type { Census } from '../protocol/census.ts';
import { type FromChild, type ToChild, toChild } from '../protocol/control.ts';
import type { LinkFault, Upstream } from '../protocol/links-config.ts';
import type { SubmitReply } from '../protocol/receipts.ts';
import type { Tell } from '../protocol/records.ts';
import { invalidConfig, notServing, problemOf, unableTo, unknownMessage } from './problems.ts';

/** The one value that a child process serves, with what its supervisor may ask of it. */
export interface Served extends AsyncDisposable {
  readonly url?: string;
  readonly ports?: Readonly<Record<string, number>>;
  census?(): Census | Promise<Census>;
  /** Sends a raw event over the value's own connection. */
  emit?(event: Record<string, unknown>): Promise<SubmitReply>;
  upstream?(upstream: Upstream): void;
  impose?(fault: LinkFault): void;
  /** Answers how much the fault has touched. */
  heal?(fault: string): number;
}

/** What is used of the child's own `process`, which its main.ts passes in. */
export type OwnProcess = Pick<NodeJS.Process, 'pid' | 'send' | 'on' | 'exit' | 'stderr'>;

export interface ServeChildOptions<Config> {
  readonly process: OwnProcess;
  readonly schema: z.ZodType<Config>;
  readonly open: (config: Config, context: { readonly tell: Tell }) => Promise<Served>;
}

/** The supervisor is gone, or has asked: what is still open then gets this long, in milliseconds. */
const leaveWithinMs = 1000;

/** What sysexits.h calls an internal software error. */
const exitOfABug = 70;

/**
 * Serves one value at a time to the supervisor at the other end of the IPC channel (`protocol/control.ts`), and ends
 * when that channel does. SIGTERM and SIGHUP are a `stop`; SIGINT is the supervisor's to judge, because a terminal
 * sends it to everybody.
 */
export function serveChild<Config>({ process: own, schema, open }: ServeChildOptions<Config>): void {
  let served: Served | undefined;
  let journal: JournalWriter | undefined;
  let leaving = false;
  // `configure`, `release` and the end wait for one another; questions in between do not.
  let life: Promise<void> = Promise.resolve();

  const inTurn = <T>(task: () => Promise<T>): Promise<T> => {
    const done = life.then(task);
    life = done.then(
      () => {},
      () => {},
    );
    return done;
  };

  const say = (message: FromChild): Promise<void> =>
    new Promise((said) => {
      // With a callback a closed channel is no error: `disconnect` already says so.
      if (own.send) own.send(message, undefined, undefined, () => said());
      else said();
    });

  const complain = (sentence: string) => {
    own.stderr.write(`${sentence}\n`);
  };

  async function configure(message: Extract<ToChild, { type: 'configure' }>): Promise<FromChild> {
    if (served) await release();
    const config = schema.safeParse(message.config);
    if (!config.success) throw invalidConfig(config.error);
    if (message.journal) {
      const ring = (rung: () => void) => void say({ type: 'doorbell' }).then(rung);
      journal = openJournalWriter(message.journal, { ring, complain });
    }
    try {
      served = await open(config.data, { tell: journal?.tell ?? (() => {}) });
    } catch (thrown) {
      journal?.[Symbol.dispose]();
      journal = undefined;
      throw thrown;
    }
    const { url, ports } = served;
    return { type: 'ready', id: message.id, ...(url && { url }), ...(ports && { ports: { ...ports } }) };
  }

  async function release(): Promise<void> {
    const [value, writer] = [served, journal];
    served = undefined;
    try {
      await value?.[Symbol.asyncDispose]();
    } finally {
      journal = undefined;
      writer?.[Symbol.dispose]();
    }
  }

  async function answer(message: ToChild): Promise<FromChild> {
    const done = { type: 'done', id: message.id } as const;
    switch (message.type) {
      case 'configure':
        return inTurn(() => configure(message));
      case 'release':
      case 'stop':
        await inTurn(release);
        return done;
      case 'census':
        return { ...done, census: await able(served, 'census').call(served) };
      case 'emit':
        return { ...done, reply: await able(served, 'emit').call(served, message.event) };
      case 'upstream':
        able(served, 'upstream').call(served, message.upstream);
        return done;
      case 'impose':
        able(served, 'impose').call(served, message.fault);
        return done;
      case 'heal':
        return { ...done, touched: able(served, 'heal').call(served, message.fault) };
      default:
        return message satisfies never;
    }
  }

  async function hear(raw: unknown): Promise<void> {
    const message = toChild.safeParse(raw);
    if (!message.success) return complain(unknownMessage(message.error).message);
    const { id, type } = message.data;
    if (type === 'stop') leaving = true;
    try {
      await say(await answer(message.data));
    } catch (thrown) {
      if (!(thrown instanceof Problem)) complain(stackOf(thrown));
      await say({ type: 'failed', id, problem: problemOf(thrown) });
    }
    if (type === 'stop') own.exit(0);
  }

  async function leave(): Promise<void> {
    if (leaving) return;
    leaving = true;
    await Promise.race([inTurn(release), wait(leaveWithinMs)]);
    own.exit(0);
  }

  own.on('message', (raw) => void hear(raw));
  own.on('disconnect', () => {
    // A `stop` under way gets the same time to end by itself.
    if (leaving) setTimeout(() => own.exit(0), leaveWithinMs).unref();
    void leave();
  });
  own.on('SIGINT', () => {});
  own.on('SIGTERM', () => void leave());
  own.on('SIGHUP', () => void leave());
  own.on('uncaughtException', (thrown) => {
    complain(stackOf(thrown));
    journal?.flush();
    own.exit(exitOfABug);
  });
  void say({ type: 'hello', pid: own.pid });
}

type Ability = 'census' | 'emit' | 'upstream' | 'impose' | 'heal';

function able<A extends Ability>(served: Served | undefined, ability: A): NonNullable<Served[A]> {
  if (!served) throw notServing(ability);
  const method = served[ability];
  if (!method) throw unableTo(ability);
  return method;
}

const stackOf = (thrown: unknown): string =>
  thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
