/** The signals that end us after a clean-up. */
export const endingSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
export type EndingSignal = (typeof endingSignals)[number];

/**
 *   running ──signal──► stopping ──another, 300 ms later──► forcing
 *                          └──another, sooner──► (the same one, delivered twice: by a terminal and by a wrapper)
 */
export type Interruption =
  | { readonly id: 'running' }
  | { readonly id: 'stopping'; readonly signal: EndingSignal; readonly since: number }
  | { readonly id: 'forcing'; readonly signal: EndingSignal };

export const secondSignalAfterMs = 300;

/** What a signal at a time (ms, monotonic) makes of it. The first signal is the one that we shall die of. */
export function interrupted(state: Interruption, signal: EndingSignal, now: number): Interruption {
  switch (state.id) {
    case 'running':
      return { id: 'stopping', signal, since: now };
    case 'stopping':
      return now - state.since < secondSignalAfterMs ? state : { id: 'forcing', signal: state.signal };
    case 'forcing':
      return state;
    default:
      return state satisfies never;
  }
}
