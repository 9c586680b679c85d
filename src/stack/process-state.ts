/**
 * The life of one named process of the stack, over all its starts.
 *
 *     stopped ──start──→ starting ──ready──→ ready ◄─pause, resume─► paused
 *        ↑ ↑                │  │              │  │                    │  │
 *        │ └──exit── stopping ←┴────stop──────┴──┼────────────────────┘  │
 *        │                  │                    │                       │
 *      (start)              └──exit── failed ←───┴───────────────────────┘   (nobody asked for it)
 *
 * A process that failed starts like one that was stopped. A paused one does nothing at all until it is resumed.
 */
export type ProcessState =
  | { readonly id: 'stopped' }
  | { readonly id: 'starting'; readonly since: number }
  | { readonly id: 'ready'; readonly url: string | undefined; readonly startMs: number }
  | { readonly id: 'paused'; readonly url: string | undefined; readonly startMs: number }
  | { readonly id: 'stopping' }
  | { readonly id: 'failed'; readonly exit: string };

export type ProcessChange =
  | { readonly type: 'start'; readonly at: number }
  | { readonly type: 'ready'; readonly at: number; readonly url: string | undefined }
  | { readonly type: 'pause' }
  | { readonly type: 'resume' }
  | { readonly type: 'stop' }
  | { readonly type: 'exit'; readonly exit: string };

/** The state after a change; a change that means nothing in a state leaves it as it is. Times are in ms. */
export function next(state: ProcessState, change: ProcessChange): ProcessState {
  switch (change.type) {
    case 'start':
      return state.id === 'stopped' || state.id === 'failed' ? { id: 'starting', since: change.at } : state;
    case 'ready':
      return state.id === 'starting'
        ? { id: 'ready', url: change.url, startMs: change.at - state.since }
        : state;
    case 'pause':
      return state.id === 'ready' ? { ...state, id: 'paused' } : state;
    case 'resume':
      return state.id === 'paused' ? { ...state, id: 'ready' } : state;
    case 'stop':
      return isRunning(state) ? { id: 'stopping' } : state;
    case 'exit':
      if (state.id === 'stopping') return { id: 'stopped' };
      return isRunning(state) ? { id: 'failed', exit: change.exit } : state;
    default:
      return change satisfies never;
  }
}

const isRunning = ({ id }: ProcessState): boolean => id === 'starting' || id === 'ready' || id === 'paused';
