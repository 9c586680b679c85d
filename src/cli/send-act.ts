import { withPositionNames } from '../dashboard/position-name.ts';
import { Problem } from '../problem.ts';
import type { UserId } from '../protocol/ids.ts';
import { positionId } from '../protocol/ids.ts';
import type { JournalEntry } from '../protocol/records.ts';
import { didYouMean, listed } from '../scenario/nearest.ts';
import type { ReachedRun } from './reach-run.ts';

/** The last that is known of one event at one recipient. */
export interface LastReceipt {
  readonly event: string;
  readonly to: string;
  readonly stage: string;
  readonly code?: string;
}

/** Collects what becomes of some events, until the last is known for each recipient. */
export function receiptsOf(isMeant: (event: string) => boolean) {
  const recipients = new Map<string, Set<string>>();
  const last = new Map<string, LastReceipt>();
  const settle = (event: string, to: string, stage: string, code?: string): void =>
    void last.set(`${event} ${to}`, { event, to, stage, ...(code !== undefined && { code }) });

  return {
    /** Answers what is news. */
    take(entry: JournalEntry): LastReceipt | undefined {
      if (entry.type !== 'step' || !isMeant(entry.event)) return undefined;
      const { event, step } = entry;
      if (step === 'saved') recipients.set(event, new Set(entry.recipients));
      if (step === 'rejected') for (const to of entry.recipients) settle(event, to, 'rejected', entry.code);
      if (step === 'withdrawn') settle(event, entry.to, 'withdrawn', entry.why);
      if (step !== 'settled') return undefined;
      // On the way to who acknowledges, "routed" is not the last word.
      if (entry.stage === 'routed' && !entry.final) return undefined;
      settle(event, entry.to, entry.stage, entry.code);
      return last.get(`${event} ${entry.to}`);
    },
    all: (): readonly LastReceipt[] => [...last.values()],
    /** Whether there is a last word for each recipient of these events. */
    isDone: (events: readonly string[]): boolean =>
      events.every((event) => [...(recipients.get(event) ?? [''])].every((to) => last.has(`${event} ${to}`))),
  };
}

/** Whether an event has reached somebody for good. */
export const isReached = ({ stage }: LastReceipt): boolean => stage === 'delivered' || stage === 'routed';

/**
 * The id of a position that a user may act on, by its id or its name.
 * @throws Problem where there is none, or several of that name
 */
export async function positionNamed(
  reached: Pick<ReachedRun, 'command'>,
  user: UserId,
  name: string,
): Promise<ReturnType<typeof positionId.parse>> {
  const { positions = [] } = await reached.command({ name: 'positions', user });
  const byId = positions.find(({ id }) => id === name);
  const found = byId ? [byId] : positions.filter((one) => one.name === name);
  const [only, ...others] = found;
  if (only && others.length > 0) throw severalNamed(name, found);
  if (only) return positionId.parse(only.id);
  throw noPosition(
    user,
    name,
    positions.map((one) => one.name),
  );
}

/** `01a2…  bob delivered` */
export const receiptLine = ({ event, to, stage, code }: LastReceipt): string =>
  `${event}  ${to} ${stage}${code ? ` (${code.replaceAll('_', ' ')})` : ''}`;

const noPosition = (user: string, name: string, known: readonly string[]) =>
  new Problem({
    code: 'no-position',
    message: `${user} has no position "${name}".${didYouMean(name, known)}`,
    hint: known.length === 0 ? `${user} has none at all.` : `There are ${listed(known.slice(0, 12))}.`,
    exit: 2,
  });

const severalNamed = (name: string, found: readonly { readonly id: string; readonly owner: string }[]) =>
  new Problem({
    code: 'several-positions',
    message: [
      `${found.length} positions are called "${name}":`,
      ...found.map(({ id, owner }) => `  ${id}, of ${owner}`),
    ].join('\n'),
    hint: `Give the id instead of ${withPositionNames(name)}.`,
    exit: 2,
  });
