import type { Census } from '../protocol/census.ts';
import type { CensusRound, FaultInForce } from '../stack/stack.ts';

/** What one of the harness's page sockets got; `connection` is absent where the backend gave it no name. */
export interface PageCount {
  readonly connection: string | undefined;
  readonly frames: number;
}

/** One look at everything: the census of the processes, and what the harness's own page sockets have got. */
export interface Round {
  readonly census: CensusRound;
  /** By user; absent where the page is not connected. */
  readonly pages: ReadonlyMap<string, PageCount>;
}

export type Quietness =
  | { readonly is: 'quiet'; readonly proof: string }
  /** Something can still happen by itself. */
  | { readonly is: 'busy'; readonly because: string }
  /** It can't become quiet as things stand, or nobody can tell. */
  | { readonly is: 'blocked'; readonly because: string };

/** What one round looks like by itself. */
export type Look =
  | {
      readonly is: 'settled';
      /** Everything that was counted: equal in both rounds if nothing moved between them. */
      readonly print: string;
      /** How much went over the links, for the proof: `12 frames`. */
      readonly moved: string;
      readonly links: number;
    }
  | Exclude<Quietness, { is: 'quiet' }>;

/** Quiet is what is settled in two rounds, the second of which was begun after the first had ended, and did not move. */
export function overTwoRounds(
  [first, second]: readonly [Round, Round],
  look: (round: Round) => Look,
  whatMoves: string,
): Quietness {
  const before = look(first);
  if (before.is !== 'settled') return before;
  const after = look(second);
  if (after.is !== 'settled') return after;
  if (before.print !== after.print) {
    return { is: 'busy', because: `${whatMoves} moved between the two rounds` };
  }
  return { is: 'quiet', proof: `quiet after 2 rounds, ${after.moved} on ${count(after.links, 'link')}` };
}

/** A process that has something to do. */
export function runnable({ census }: Round): string | undefined {
  for (const [name, answer] of census.by) {
    const work = Object.entries(answer?.runnable ?? {}).find(([, n]) => n > 0);
    if (work) return `${name} has ${work[1]} ${work[0]} to do`;
  }
  return undefined;
}

/** Our page socket is one of the backend's; a real page beside it does not matter. */
export function undelivered(
  { pages }: Round,
  pagesOf: (user: string) => Census['pages'],
): string | undefined {
  for (const [user, { connection, frames }] of pages) {
    const ends = pagesOf(user).filter((page) => connection === undefined || page.connection === connection);
    if (ends.some(({ sent }) => sent === frames)) continue;
    const sent = ends[0]?.sent;
    return sent === undefined
      ? `${user}'s backend has not got ${user}'s page`
      : `${user}'s page has received ${frames} of ${sent} frames`;
  }
  return undefined;
}

/** Work that waits for the end of a fault. */
export function heldUp({ census }: Round, [fault]: readonly FaultInForce[]): string | undefined {
  if (!fault) return undefined;
  for (const [name, answer] of census.by) {
    const work = Object.entries(answer?.parked ?? {}).find(([, n]) => n > 0);
    if (work) {
      return `${name} has ${work[1]} ${work[0]} waiting, and a ${fault.verb} is in force between ${fault.from} and ${fault.to}`;
    }
  }
  return undefined;
}

export const touches = (fault: FaultInForce, name: string): boolean =>
  fault.from === name || fault.to === name;
export const count = (n: number, noun: string): string => `${n} ${noun}${n === 1 ? '' : 's'}`;
