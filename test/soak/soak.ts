import { setTimeout as wait } from 'node:timers/promises';
import { ActLog } from '../../src/scenario/acts.ts';
import { consult } from '../../src/scenario/oracle/consult.ts';
import { historyOf } from '../../src/scenario/oracle/history.ts';
import { quietness } from '../../src/scenario/quiet.ts';
import { seeded } from '../../src/stack/links/faults/random.ts';
import type { Stack } from '../../src/stack/stack.ts';
import { disturb } from './disturb.ts';
import { relayHeap } from './heap.ts';
import { furnish, live, makeFriends } from './live.ts';

export interface SoakOptions {
  readonly seed: number;
  /** Ends with so many events, or after this time. */
  readonly events: number;
  readonly forMs: number;
  /** How long it may take from the last heal until nothing is under way. */
  readonly quietMs: number;
}

export interface SoakReport {
  readonly acts: Readonly<Record<'done' | 'refused' | 'unknown', number>>;
  /** Events by recipient that the acts have sent. */
  readonly events: number;
  readonly faults: Readonly<Record<string, number>>;
  readonly resent: number;
  /** Received again, and not applied again. */
  readonly absorbed: number;
  readonly acted: number;
  readonly quiet: string;
  readonly quietMs: number;
  /**
   * The relay's heap after a collection, in bytes, at rest and with all users connected: of the first process after its
   * first events, of the last one after its first, and of the same one in the end.
   */
  readonly heap: { readonly start: number; readonly before: number; readonly after: number };
  readonly findings: readonly string[];
  readonly notChecked: readonly string[];
}

/** What a relay is given to do before its heap is measured. */
const warmUpEvents = 100;

/** Lets everybody share, change, comment, revoke and part for a while, with faults all the time; heals; asks the oracle. */
export async function soak(stack: Stack, options: SoakOptions): Promise<SoakReport> {
  const { seed, events, forMs, quietMs } = options;
  const acts = new ActLog();
  const began = performance.now();
  const sent = () =>
    acts.all.reduce(
      (sum, { outcome }) => sum + (outcome.is === 'done' ? (outcome.events?.length ?? 0) : 0),
      0,
    );
  await Promise.all(stack.users.map((user) => furnish(stack, user)));

  const play = async (salt: number, until: () => boolean, beside: () => Promise<void> = async () => {}) => {
    const going = () => !until();
    const lives = stack.users.map((user, at) =>
      live(stack, user, seeded(seed * 31 + salt + at), { acts, going }),
    );
    await Promise.all([...lives, beside()]);
  };
  /** Without faults, so that the relay has done once what it does all the time, and has nothing under way. */
  const settledHeap = async (salt: number) => {
    const enough = sent() + warmUpEvents;
    const end = performance.now() + quietMs;
    await play(salt, () => sent() >= enough || performance.now() > end);
    await untilQuiet(stack, quietMs);
    return relayHeap(stack);
  };
  const faults: Record<string, number> = {};
  const random = seeded(seed);
  const disturbed = async (salt: number, part: number, relayMayEnd: boolean) => {
    const isOver = () => sent() >= events * part || performance.now() - began > forMs * part;
    await play(salt, isOver, () =>
      disturb(stack, { random, going: () => !isOver(), relayMayEnd, counts: faults }),
    );
    await mend(stack);
  };

  const start = await settledHeap(0);
  await disturbed(7, 0.5, true);
  // From here on one process lives through everything, so that what it forgot to let go would show.
  const before = await settledHeap(11);
  await disturbed(17, 1, false);
  const acted = Math.round(performance.now() - began);

  // Whoever parted is a friend again: what waited for that arrives, too.
  await Promise.all(stack.users.map((user) => makeFriends(stack, user, acts)));
  const rest = await untilQuiet(stack, quietMs);
  const after = await relayHeap(stack);
  const { judgement, evidence } = await consult({
    stack,
    acts: acts.all,
    befriended: new Map(stack.users.map((user) => [user, stack.users.filter((other) => other !== user)])),
    settled: rest.isQuiet,
    labelOf: (id) => id,
    signal: new AbortController().signal,
  });
  const steps = [...(evidence.traffic?.steps.values() ?? [])].flat();
  const told = (is: string) => acts.all.filter(({ outcome }) => outcome.is === is).length;
  return {
    acts: { done: told('done'), refused: told('refused'), unknown: told('unknown') },
    events: sent(),
    faults,
    resent: steps.filter((step) => step.step === 'sent' && step.attempt > 1).length,
    absorbed: steps.filter((step) => step.step === 'received' && step.duplicate).length,
    acted,
    quiet: rest.why,
    quietMs: rest.ms,
    heap: { start, before, after },
    findings: judgement.findings.map((one) =>
      [`${one.name}${one.certain ? '' : '?'}: ${one.message}`, ...historyOf(one, evidence)].join('\n  '),
    ),
    notChecked: judgement.notChecked,
  };
}

async function mend(stack: Stack): Promise<void> {
  for (const { name, state } of stack.instances()) {
    if (state === 'paused') await stack.resume(name);
    else if (state !== 'ready') await stack.start(name);
  }
  await stack.heal('everyone');
}

async function untilQuiet(stack: Stack, withinMs: number) {
  const healed = performance.now();
  const busy: Record<string, number> = {};
  for (;;) {
    const first = { census: await stack.census(), pages: new Map() };
    const second = { census: await stack.census(), pages: new Map() };
    const now = quietness(first, second, stack.users, stack.faults());
    const ms = Math.round(performance.now() - healed);
    if (now.is === 'quiet') return { isQuiet: true, ms, why: now.proof };
    busy[now.because] = (busy[now.because] ?? 0) + 1;
    if (ms > withinMs) return { isQuiet: false, ms, why: JSON.stringify(busy) };
    await wait(20);
  }
}
