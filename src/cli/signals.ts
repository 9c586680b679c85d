import { type EndingSignal, endingSignals, type Interruption, interrupted } from './interrupts.ts';

export interface SignalListeners {
  /** Asked to end: clean up. */
  readonly stop: (signal: EndingSignal) => void;
  /** Asked again: now. */
  readonly force: () => void;
}

/** The signals of this process while something runs that must be cleaned up. */
export interface Signals extends Disposable {
  /** The signal that asked us to end, if one did. */
  readonly signal: EndingSignal | undefined;
  /** Ctrl-C that came as a key, from a terminal in raw mode. */
  interrupt(): void;
  /**
   * Takes the handlers off and dies of the signal, if one asked: whoever started us then sees a death by signal and not
   * a number, so that a shell's loop or `&&` ends too.
   */
  reraise(): void;
}

export type SignalProcess = Pick<NodeJS.Process, 'on' | 'off' | 'kill' | 'pid'>;

export function listenToSignals(own: SignalProcess, listeners: SignalListeners): Signals {
  let state: Interruption = { id: 'running' };

  const take = (signal: EndingSignal): void => {
    const before = state.id;
    state = interrupted(state, signal, performance.now());
    if (state.id === before) return;
    if (state.id === 'stopping') listeners.stop(signal);
    if (state.id === 'forcing') listeners.force();
  };
  for (const signal of endingSignals) own.on(signal, take);

  const dispose = (): void => {
    for (const signal of endingSignals) own.off(signal, take);
  };
  return {
    get signal() {
      return state.id === 'running' ? undefined : state.signal;
    },
    interrupt: () => take('SIGINT'),
    reraise() {
      dispose();
      if (state.id !== 'running') own.kill(own.pid, state.signal);
    },
    [Symbol.dispose]: dispose,
  };
}

const parentLookMs = 500;

/** Calls once when the process that started us has died, so that what we run does not outlive it. */
export function watchParent(own: Pick<NodeJS.Process, 'ppid'>, onGone: () => void): Disposable {
  const parent = own.ppid;
  const timer = setInterval(() => {
    if (parent === 1 || own.ppid !== 1) return;
    clearInterval(timer);
    onGone();
  }, parentLookMs).unref();
  return { [Symbol.dispose]: () => clearInterval(timer) };
}
