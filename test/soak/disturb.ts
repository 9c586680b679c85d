import { setTimeout as wait } from 'node:timers/promises';
import type { Stack, WantedFault } from '../../src/stack/stack.ts';

export interface Disturbing {
  readonly random: () => number;
  readonly going: () => boolean;
  /** Whether the relay may be killed, restarted and paused. */
  readonly relayMayEnd: boolean;
  /** By verb. */
  readonly counts: Record<string, number>;
}

/** A fault begins so often, in milliseconds. */
const everyMs = 200;
const longestMs = 800;

type Fault = (stack: Stack, disturbing: Disturbing) => Promise<void>;

/** Breaks something every 200 ms, each for a while and beside the others, until it is enough. */
export async function disturb(stack: Stack, disturbing: Disturbing): Promise<void> {
  const { random, going } = disturbing;
  const open = new Set<Promise<void>>();
  const busy = new Set<string>();
  while (going()) {
    const fault = random() < 0.3 ? ofProcess(random, busy) : ofLink(stack, random);
    const done: Promise<void> = fault(stack, disturbing).finally(() => open.delete(done));
    open.add(done);
    await wait(everyMs);
  }
  await Promise.all(open);
}

const pick = <T>(items: readonly T[], random: () => number): T | undefined =>
  items[Math.floor(random() * items.length)];

const words = ['kill', 'restart', 'pause'] as const;

/** `busy`: whoever is being broken already. */
function ofProcess(random: () => number, busy: Set<string>): Fault {
  return async (stack, { relayMayEnd, counts }) => {
    const names = [...stack.users, ...(relayMayEnd ? ['relay'] : [])];
    const name = pick(
      names.filter((one) => !busy.has(one)),
      random,
    );
    const word = pick(words, random);
    if (name === undefined || word === undefined) return;
    counts[word] = (counts[word] ?? 0) + 1;
    const forMs = random() * longestMs;
    busy.add(name);
    if (word === 'restart') await stack.restart(name);
    else {
      await stack[word](name);
      await wait(forMs);
      await (word === 'kill' ? stack.start(name) : stack.resume(name));
    }
    busy.delete(name);
  };
}

function ofLink(stack: Stack, random: () => number): Fault {
  const from = pick(stack.users, random) ?? '';
  const other = pick(
    stack.users.filter((user) => user !== from),
    random,
  );
  const to = random() < 0.75 ? 'relay' : (other ?? 'relay');
  const turned = random() < 0.5 ? { from, to } : { from: to, to: from };
  const place = { ...turned, both: random() < 0.5 };
  const seed = Math.floor(random() * 2 ** 31);
  const faults: readonly WantedFault[] = [
    { verb: 'cut', ...place },
    { verb: 'reset', ...place, chance: 0.1, seed },
    { verb: 'drop', ...place, chance: 0.3, seed },
    { verb: 'duplicate', ...place, chance: 0.5, by_ms: Math.round(random() * 50), seed },
    { verb: 'delay', ...place, chance: 0.3, by_ms: Math.round(random() * 200), jitter_ms: 50, seed },
  ];
  const fault = pick(faults, random);
  const forMs = random() * longestMs;
  return async (_stack, { counts }) => {
    if (!fault) return;
    counts[fault.verb] = (counts[fault.verb] ?? 0) + 1;
    const { id } = await stack.impose(fault);
    await wait(forMs);
    await stack.heal({ id });
  };
}
