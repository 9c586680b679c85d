/** A scenario that goes on by key: it waits in front of each step until somebody lets it. */
export interface Stepping {
  /** Resolves with the next `go`, or rejects when the signal says stop. */
  wait(signal: AbortSignal): Promise<void>;
  /** Lets the step that waits go on; false where none does. */
  go(): boolean;
}

export function stepping(): Stepping {
  let waiting: PromiseWithResolvers<void> | undefined;
  return {
    async wait(signal) {
      signal.throwIfAborted();
      const gate = Promise.withResolvers<void>();
      waiting = gate;
      const stop = (): void => gate.reject(signal.reason);
      signal.addEventListener('abort', stop, { once: true });
      try {
        await gate.promise;
      } finally {
        signal.removeEventListener('abort', stop);
        waiting = undefined;
      }
    },
    go() {
      waiting?.resolve();
      return waiting !== undefined;
    },
  };
}
