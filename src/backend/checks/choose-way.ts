/** Failures to connect to a peer, one after another, after which it is asked through the relay. */
export const failuresBeforeRelay = 2;

/** How long a way that leads around is taken before the straight one is tried again, in milliseconds. */
const straightAgainMs = 60_000;

export interface WayFacts {
  /** How often in a row the peer could not be connected to. */
  readonly failures: number;
  /** When that was last tried, and now: ms of one clock. */
  readonly triedAt: number;
  readonly now: number;
  /** There is another way. */
  readonly around: boolean;
}

/** Which way a peer is asked first. An answer of any status is none of these failures: then the way is open. */
export function chooseWay({ failures, triedAt, now, around }: WayFacts): 'direct' | 'relay' {
  if (!around || failures < failuresBeforeRelay) return 'direct';
  return now - triedAt < straightAgainMs ? 'relay' : 'direct';
}
