/** Between two rings at least this long, in milliseconds: a busy writer wakes its reader a hundred times a second. */
const quietMs = 10;

export interface Bell extends Disposable {
  /** Rings now, or once the last ring was answered and the pause is over; never more than one ring is owed. */
  ring(): void;
}

/** A doorbell that cannot pile up: a reader that is blocked finds one ring, not thousands. */
export function bell(ringOnce: (rung: () => void) => void): Bell {
  let owed = false;
  let waitingFor = 0;
  let pause: NodeJS.Timeout | undefined;

  function ring(): void {
    if (waitingFor > 0) {
      owed = true;
      return;
    }
    owed = false;
    waitingFor = 2;
    pause = setTimeout(answered, quietMs);
    // The reader also looks when the process ends, so a ring never keeps it alive.
    pause.unref();
    ringOnce(answered);
  }

  function answered(): void {
    waitingFor -= 1;
    if (waitingFor === 0 && owed) ring();
  }

  return {
    ring,
    [Symbol.dispose]() {
      clearTimeout(pause);
    },
  };
}
