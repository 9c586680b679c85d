import type { EventType } from '../../protocol/events.ts';
import type { EventId, PositionId, UserId } from '../../protocol/ids.ts';
import type { JournalEntry, StepRecord } from '../../protocol/records.ts';

/** An event in the hands of one recipient's process, or of its socket. */
export interface Handed {
  readonly event: EventId;
  readonly kind: EventType;
  readonly from: UserId;
  readonly to: UserId;
  /** Where it was seen: the relay wrote it to a socket, or a backend took it from there. */
  readonly by: 'relay' | 'backend';
  /** What the relay's own lists said about the two at that moment; undefined where it did not tell them. */
  readonly tie: 'friends' | 'leaving' | 'none' | undefined;
}

/** A position that a backend gave to a peer. */
export interface Served {
  readonly owner: UserId;
  readonly to: UserId;
  readonly position: PositionId;
  /** The owner's last word about it before that moment; undefined where some of its words may be missing. */
  readonly grant: 'granted' | 'revoked' | undefined;
}

/** What the processes of a run told about what left them, as far as verdicts may rest on it: only on what is there. */
export interface Traffic {
  readonly handed: readonly Handed[];
  readonly served: readonly Served[];
  /** To whom an event was addressed, by the word of its sender's backend or of the relay that took it from there. */
  readonly addressed: ReadonlyMap<EventId, ReadonlySet<UserId>>;
  /** Whom a user has ever declared as a friend. */
  readonly declared: ReadonlyMap<UserId, ReadonlySet<UserId>>;
  /** The shares that their owner's backend told of, by `shareKey`. */
  readonly shares: ReadonlySet<string>;
  readonly steps: ReadonlyMap<EventId, readonly (StepRecord & { readonly process: string })[]>;
}

export const shareKey = (owner: UserId, position: PositionId, reader: UserId): string =>
  `${owner} ${position} ${reader}`;

type Lists = { readonly friends: ReadonlySet<UserId>; readonly leaving: ReadonlySet<UserId> };

/** Sorts a run's journal for the judge. The order within each process is exact, and nothing else is relied upon. */
export function trafficOf(entries: readonly JournalEntry[]): Traffic {
  const handed: Handed[] = [];
  const served: Served[] = [];
  const addressed = new Map<EventId, Set<UserId>>();
  const declared = new Map<UserId, Set<UserId>>();
  const shares = new Set<string>();
  const steps = new Map<EventId, (StepRecord & { process: string })[]>();
  /** By process: a relay tells everybody's lists again when they connect. */
  const lists = new Map<string, Map<UserId, Lists>>();
  const grants = new Map<string, 'granted' | 'revoked'>();
  // Whoever was killed may have taken its last words along.
  const killed = new Set(entries.flatMap((entry) => (entry.type === 'gap' ? [entry.name] : [])));

  const address = (event: EventId, recipients: readonly UserId[]) => {
    const to = upsert(addressed, event, () => new Set());
    for (const one of recipients) to.add(one);
  };

  for (const entry of entries) {
    switch (entry.type) {
      case 'friends': {
        const { user, friends, leaving, process } = entry;
        const of = upsert(lists, process, () => new Map());
        of.set(user, { friends: new Set(friends), leaving: new Set(leaving) });
        const ever = upsert(declared, user, () => new Set());
        for (const one of friends) ever.add(one);
        break;
      }
      case 'served': {
        const { user: owner, to, position } = entry;
        const grant = killed.has(entry.process) ? undefined : grants.get(shareKey(owner, position, to));
        served.push({ owner, to, position, grant });
        break;
      }
      case 'step': {
        upsert(steps, entry.event, () => []).push(entry);
        const { event, kind, from, process } = entry;
        if (entry.step === 'saved' || entry.step === 'accepted') address(event, entry.recipients);
        if (entry.step === 'saved' && entry.position !== undefined) {
          const state =
            kind === 'position_shared' ? 'granted' : kind === 'share_revoked' ? 'revoked' : undefined;
          for (const to of state ? entry.recipients : []) {
            const key = shareKey(from, entry.position, to);
            if (state) grants.set(key, state);
            if (state === 'granted') shares.add(key);
          }
        }
        if (entry.step === 'routed') {
          handed.push({
            event,
            kind,
            from,
            to: entry.to,
            by: 'relay',
            tie: tieIn(lists.get(process), from, entry.to),
          });
        }
        if (entry.step === 'received') {
          handed.push({ event, kind, from, to: entry.to, by: 'backend', tie: undefined });
        }
        break;
      }
      default:
        break;
    }
  }
  return { handed, served, addressed, declared, shares, steps };
}

/** The relay's rule of friendship, worked out a second time and from its own records. */
function tieIn(lists: ReadonlyMap<UserId, Lists> | undefined, a: UserId, b: UserId): Handed['tie'] {
  const [ofA, ofB] = [lists?.get(a), lists?.get(b)];
  if (!ofA || !ofB) return undefined;
  if (ofA.friends.has(b) && ofB.friends.has(a)) return 'friends';
  const both = (ofA.friends.has(b) || ofA.leaving.has(b)) && (ofB.friends.has(a) || ofB.leaving.has(a));
  return both ? 'leaving' : 'none';
}

function upsert<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const found = map.get(key);
  if (found !== undefined) return found;
  const made = make();
  map.set(key, made);
  return made;
}
