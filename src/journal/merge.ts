import type { JournalRecord } from '../protocol/records.ts';
import { givenBy, isRelayNode, type Need, needOf } from './causality.ts';
import { recentMap } from './recent-map.ts';

export interface Merged {
  readonly process: string;
  readonly record: JournalRecord;
}

export interface CausalMerge {
  /** A process that writes: others wait for what only it can tell. */
  join(process: string): void;
  /** Takes records of one process in the order of its file; answers what can be told now. Times are in ms. */
  take(process: string, records: readonly JournalRecord[], now: number): Merged[];
  /** A process that writes no more: nobody waits for it any longer than for what it left behind. */
  end(process: string, now: number): Merged[];
  /** Lets go of what has been held for too long. */
  expire(now: number): Merged[];
  /** When `expire` has something to do; undefined where nothing is held. */
  due(): number | undefined;
}

/** Longer than a process of a busy machine takes from telling to writing. Only what never comes is waited for so long. */
const holdMs = 1000;

/** Of this many of the newest events the seen steps are remembered. */
const rememberedEvents = 20_000;

interface Stream {
  queue: { readonly record: JournalRecord; readonly since: number }[];
  writing: boolean;
}

/**
 * Merges the streams of several processes. The order is exact within a process and causal across processes: a record
 * whose known predecessor was not seen yet is held, and its stream behind it, until the predecessor comes or `holdMs`
 * is over. Clocks decide nothing. A resent event's steps happen again; only the first of each is waited for.
 */
export function causalMerge({ hold = holdMs } = {}): CausalMerge {
  const streams = new Map<string, Stream>();
  const seen = recentMap<Set<string>>(rememberedEvents);
  const blocked = new Map<string, Need>();

  function stream(process: string): Stream {
    let found = streams.get(process);
    if (!found) {
      found = { queue: [], writing: false };
      streams.set(process, found);
    }
    return found;
  }

  function mayStillCome(need: Need, waiter: string): boolean {
    if (need.by === waiter || seen.get(need.event)?.has(need.step)) return false;
    return sourcesOf(need, waiter).some(({ writing, queue }) => writing || queue.length > 0);
  }

  function sourcesOf({ by }: Need, waiter: string): Stream[] {
    const one = streams.get(by);
    if (one || by !== 'relay') return one ? [one] : [];
    return [...streams].flatMap(([name, nodes]) => (isRelayNode(name) && name !== waiter ? [nodes] : []));
  }

  function remember(record: JournalRecord): void {
    const given = givenBy(record);
    if (!given) return;
    const steps = seen.get(given.event);
    if (steps) steps.add(given.step);
    else seen.set(given.event, new Set([given.step]));
  }

  /** Tells what the given streams, and whoever waited for that, can tell. */
  function advance(processes: Iterable<string>, now: number): Merged[] {
    const told: Merged[] = [];
    const work = [...processes];
    for (let process = work.pop(); process !== undefined; process = work.pop()) {
      const { queue } = stream(process);
      blocked.delete(process);
      let next = 0;
      for (; next < queue.length; next += 1) {
        const head = queue[next];
        if (!head) break;
        const need = needOf(head.record);
        if (need && now - head.since < hold && mayStillCome(need, process)) {
          blocked.set(process, need);
          break;
        }
        told.push({ process, record: head.record });
        remember(head.record);
        work.push(...waitersFor(head.record));
      }
      queue.splice(0, next);
    }
    return told;
  }

  function* waitersFor(record: JournalRecord): Generator<string> {
    if (blocked.size === 0) return;
    const given = givenBy(record);
    for (const [process, need] of blocked) {
      if (need.event === given?.event && need.step === given.step) yield process;
    }
  }

  return {
    join(process) {
      stream(process).writing = true;
    },
    take(process, records, now) {
      const { queue } = stream(process);
      for (const record of records) queue.push({ record, since: now });
      return blocked.has(process) ? [] : advance([process], now);
    },
    end(process, now) {
      stream(process).writing = false;
      return advance([...blocked.keys()], now);
    },
    expire(now) {
      return advance([...blocked.keys()], now);
    },
    due() {
      let earliest: number | undefined;
      for (const process of blocked.keys()) {
        const since = streams.get(process)?.queue[0]?.since;
        if (since !== undefined) earliest = Math.min(earliest ?? Infinity, since + hold);
      }
      return earliest;
    },
  };
}

/**
 * Merges complete streams, of a run that is over. Nothing can still come, so a record waits only for what stands in
 * another stream; among those that may be next the earliest by its writer's clock is taken, which is only a preference.
 */
export function mergeComplete(streams: ReadonlyMap<string, readonly JournalRecord[]>): Merged[] {
  const open = new Set<string>();
  for (const records of streams.values()) {
    for (const record of records) {
      const given = givenBy(record);
      if (given) open.add(`${given.event} ${given.step}`);
    }
  }
  const heads = new Map([...streams].filter(([, records]) => records.length > 0).map(([name]) => [name, 0]));
  const told: Merged[] = [];
  while (heads.size > 0) {
    const next = pick(streams, heads, open);
    if (!next) break;
    told.push(next);
    const given = givenBy(next.record);
    if (given) open.delete(`${given.event} ${given.step}`);
    const position = (heads.get(next.process) ?? 0) + 1;
    if (position === streams.get(next.process)?.length) heads.delete(next.process);
    else heads.set(next.process, position);
  }
  return told;
}

function pick(
  streams: ReadonlyMap<string, readonly JournalRecord[]>,
  heads: ReadonlyMap<string, number>,
  open: ReadonlySet<string>,
): Merged | undefined {
  let free: Merged | undefined;
  let any: Merged | undefined;
  for (const [process, position] of heads) {
    const record = streams.get(process)?.[position];
    if (!record) continue;
    const earlier = (than: Merged | undefined) => !than || record.at < than.record.at;
    const need = needOf(record);
    if (earlier(any)) any = { process, record };
    const waits = need !== undefined && need.by !== process && open.has(`${need.event} ${need.step}`);
    if (!waits && earlier(free)) free = { process, record };
  }
  return free ?? any;
}
