import type { EventId } from '../../protocol/ids.ts';
import type { JournalEntry } from '../../protocol/records.ts';

type EntryOf<Type extends JournalEntry['type']> = Extract<JournalEntry, { readonly type: Type }>;
export type StepEntry = EntryOf<'step'>;

/**
 * A run's journal in the order of questions: what is known about one event, and how things stood around it. `n` is a
 * number of the merged journal; "at" it means with everything up to it.
 */
export interface Chronicle {
  readonly events: ReadonlyMap<EventId, readonly StepEntry[]>;
  linkFaults(event: EventId): readonly EntryOf<'link_fault'>[];
  /** The revokes that were saved, with their position. */
  readonly revokes: readonly StepEntry[];
  friends(user: string, n: number): EntryOf<'friends'> | undefined;
  connection(user: string, n: number): EntryOf<'connection'> | undefined;
  process(name: string, n: number): EntryOf<'process'> | undefined;
  /** Every relay node that the journal knows, by its process name. */
  readonly relays: readonly string[];
  /** The first time after `n` that one of these processes came down. */
  downAfter(names: readonly string[], n: number): EntryOf<'process'> | undefined;
  /** Faults in force at `n` on a link of this user. */
  faults(user: string, n: number): readonly EntryOf<'fault'>[];
}

export function chronicleOf(entries: readonly JournalEntry[]): Chronicle {
  const events = new Map<EventId, StepEntry[]>();
  const linkFaults = new Map<EventId, EntryOf<'link_fault'>[]>();
  const revokes: StepEntry[] = [];
  const friends = new Map<string, EntryOf<'friends'>[]>();
  const connections = new Map<string, EntryOf<'connection'>[]>();
  const processes = new Map<string, EntryOf<'process'>[]>();
  const faults: EntryOf<'fault'>[] = [];

  for (const entry of entries) {
    switch (entry.type) {
      case 'step':
        push(events, entry.event, entry);
        if (entry.step === 'saved' && entry.kind === 'share_revoked') revokes.push(entry);
        break;
      case 'link_fault':
        if (entry.event !== undefined) push(linkFaults, entry.event, entry);
        break;
      case 'friends':
        push(friends, entry.user, entry);
        break;
      case 'connection':
        push(connections, entry.user, entry);
        break;
      case 'process':
        push(processes, entry.name, entry);
        break;
      case 'fault':
        faults.push(entry);
        break;
      default:
        break;
    }
  }

  return {
    events,
    linkFaults: (event) => linkFaults.get(event) ?? [],
    revokes,
    friends: (user, n) => lastUpTo(friends.get(user), n),
    connection: (user, n) => lastUpTo(connections.get(user), n),
    process: (name, n) => lastUpTo(processes.get(name), n),
    relays: [...processes.keys()].filter(isRelay),
    downAfter: (names, n) =>
      names
        .flatMap((name) => processes.get(name)?.find((one) => one.n > n && isDown(one)) ?? [])
        .toSorted((a, b) => a.n - b.n)[0],
    faults(user, n) {
      const inForce = new Map<string, EntryOf<'fault'>>();
      for (const fault of faults) {
        if (fault.n > n) break;
        if (fault.state === 'healed') inForce.delete(fault.id);
        else if (fault.what.split(/[^\w.-]+/).includes(user)) inForce.set(fault.id, fault);
      }
      return [...inForce.values()];
    },
  };
}

/** Whether a name is that of a relay node: a user cannot have it. */
export const isRelay = (name: string): boolean => /^relay(\.\d+)?$/.test(name);

export const isDown = ({ state }: EntryOf<'process'>): boolean =>
  state === 'failed' || state === 'stopped' || state === 'paused';

function push<Key, Value>(map: Map<Key, Value[]>, key: Key, value: Value): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}

const lastUpTo = <Entry extends JournalEntry>(
  entries: readonly Entry[] | undefined,
  n: number,
): Entry | undefined => entries?.findLast((entry) => entry.n <= n);
