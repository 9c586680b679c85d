import { setTimeout as wait } from 'node:timers/promises';
import type { Journal } from '../../journal/journal.ts';
import { Problem } from '../../problem.ts';
import type { ChildEnvironment } from '../../stack/child-process.ts';
import type { Stack, StackConfig } from '../../stack/stack.ts';
import { type StartingStack, startStack } from '../../stack/start-stack.ts';
import type { ControlAnswer, ControlCommand, Failure, PlayState, Snapshot } from './control-frames.ts';
import { failureOf } from './failure.ts';
import { instanceLives } from './lives.ts';
import { loadPlay } from './load-play.ts';
import { perform } from './perform.ts';
import { type PlayHere, playHere, readForStack } from './play-here.ts';
import type { RunSettings } from './settings.ts';
import { settle } from './settle.ts';
import { instanceState, pagesOf } from './shown-stack.ts';
import { standingFaults } from './standing-faults.ts';
import { stepping } from './stepping.ts';

export interface RunOptions {
  readonly settings: RunSettings;
  readonly folder: string;
  /** Any folder of this package. */
  readonly home: string;
  readonly environment: ChildEnvironment;
  readonly version: string;
  /** The snapshot has changed. */
  readonly changed: () => void;
  /** The journal has grown. */
  readonly grew: () => void;
}

/** One run from its start to its end, as views see it. */
export interface SupervisedRun {
  snapshot(): Snapshot;
  journal(): Journal | undefined;
  /** Does what somebody asks for, while they wait for it. @throws Problem where that is refused, or not possible now */
  command(command: AnyCommand, gone: AbortSignal): Promise<ControlAnswer>;
  /** Ends it; more than once is once. */
  readonly stop: () => void;
  /** Ends it because of a bug. */
  readonly crash: (thrown: unknown) => void;
  readonly stopping: AbortSignal;
  /** Starts the stack, plays, and resolves when everything has ended; what fails is in the snapshot then. */
  run(): Promise<void>;
}

type AnyCommand = Exclude<ControlCommand, { name: 'stop' }>;

export function superviseRun({
  settings,
  folder,
  home,
  environment,
  version,
  changed,
  grew,
}: RunOptions): SupervisedRun {
  const abort = new AbortController();
  let phase: Snapshot['phase'] = 'starting';
  let config: StackConfig | undefined;
  /** From its first process on, and also after its end. */
  let seen: StartingStack | undefined;
  let stack: Stack | undefined;
  let play: PlayState | undefined;
  let failure: Failure | undefined;
  let readyMs: number | undefined;
  const steps = stepping();
  const lives = instanceLives();
  const faults = standingFaults(changed);

  const become = (next: Snapshot['phase']): void => {
    phase = next;
    changed();
  };

  /** What is asked of a stack that ends, or is told of it, is to know; a command of somebody's may take its grace. */
  function end(): void {
    if (abort.signal.aborted) return;
    abort.abort();
    become('stopping');
  }

  async function live(): Promise<void> {
    const loaded = await loadPlay(settings, folder, home);
    config = loaded.config;
    using off = new DisposableStack();
    off.use(faults);
    await using running = await startStack(loaded.config, {
      signal: abort.signal,
      environment,
      version,
      onStarting(starting) {
        seen = starting;
        changed();
        off.defer(
          starting.journal.subscribe((entries) => {
            lives.take(entries);
            grew();
            if (entries.some(({ type }) => type === 'process' || type === 'fault')) changed();
          }),
        );
      },
    });
    stack = running;
    await loaded.prepare(running, abort.signal);
    abort.signal.throwIfAborted();
    readyMs = performance.timeOrigin + performance.now() - settings.asked_at;
    become('ready');

    play = await loaded.play(running, {
      signal: abort.signal,
      onStart(name, file) {
        play = { state: 'playing', name, file };
        changed();
      },
      pace,
      strict: settings.play.strict,
    });
    changed();
    if (settings.stay && !abort.signal.aborted) await aborted(abort.signal);
    become('stopping');
  }

  async function pace(next: { readonly line: number; readonly text: string }): Promise<void> {
    const { by_key: byKey, pace_ms: ms } = settings.play;
    if (!byKey) {
      if (ms > 0) await wait(ms, undefined, { signal: abort.signal });
      return;
    }
    const { name, file } = play ?? { name: '', file: '' };
    play = { state: 'playing', name, file, next };
    changed();
    await steps.wait(abort.signal);
    play = { state: 'playing', name, file };
    changed();
  }

  async function obey(command: AnyCommand, gone: AbortSignal): Promise<ControlAnswer> {
    if (command.name === 'step') {
      if (!steps.go()) throw nothingWaits();
      return {};
    }
    if (!stack || abort.signal.aborted) throw notNow(phase);
    const signal = AbortSignal.any([abort.signal, gone]);
    switch (command.name) {
      case 'fault':
        return faults.lay(command.verb, command.said, stack);
      case 'heal':
        return faults.heal(command.which, stack);
      case 'quiet':
        return settle(stack, command.within_ms, signal);
      case 'play':
        return playAlso(command, stack, signal);
      default:
        return perform(command, stack, abort.signal);
    }
  }

  /** Plays a scenario on the stack as it is; one at a time. */
  async function playAlso(command: PlayHere, on: Stack, signal: AbortSignal): Promise<ControlAnswer> {
    if (play?.state === 'playing') throw plays(play.name);
    const before = play;
    play = { state: 'playing', name: command.file, file: command.file };
    try {
      const scenario = await readForStack(command, home, on, signal);
      const ended = await playHere(scenario, command, on, signal, (name, file) => {
        play = { state: 'playing', name, file };
        changed();
      });
      play = ended;
      return { play: ended };
    } finally {
      if (play?.state === 'playing') play = before;
      changed();
    }
  }

  return {
    snapshot: () => ({
      type: 'snapshot',
      run_id: settings.run_id,
      ...(settings.name !== undefined && { name: settings.name }),
      pid: process.pid,
      detached: settings.detached ?? false,
      phase,
      ...(config?.topology && { topology: config.topology }),
      ...(stack?.topology === 'relay' && { relay_url: stack.relayUrl }),
      instances: (seen?.instances() ?? []).map((one) => instanceState(one, lives.of(one.name))),
      pages: stack ? pagesOf(stack) : {},
      faults: stack ? [...faults.shown(stack)] : [],
      friends: Object.fromEntries((config?.users ?? []).map(({ name, friends }) => [name, [...friends]])),
      unacknowledged: (config?.users ?? []).filter(({ acks }) => !acks).map(({ name }) => name),
      ...(readyMs !== undefined && { ready_ms: readyMs }),
      ...(play && { play }),
      ...(failure && { failure }),
    }),
    journal: () => seen?.journal,
    async command(command, gone) {
      const answer = await obey(command, gone);
      changed();
      return answer;
    },
    stop: end,
    crash(thrown) {
      failure ??= failureOf(thrown);
      end();
    },
    stopping: abort.signal,
    async run() {
      try {
        await live();
      } catch (thrown) {
        // A start that was called off did what was asked of it.
        if (!abort.signal.aborted) failure = failureOf(thrown);
      }
      become(failure ? 'failed' : 'stopped');
    },
  };
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}

const notNow = (phase: Snapshot['phase']) =>
  new Problem({
    code: 'not-now',
    message: `The stack is ${phase === 'starting' ? 'not ready yet' : 'stopping'}.`,
    hint: phase === 'starting' ? '"collab-dev wait" returns as soon as it is.' : undefined,
  });

const plays = (name: string) =>
  new Problem({
    code: 'busy',
    message: `"${name}" is being played on this stack.`,
    hint: 'Wait for its end: one scenario is played at a time.',
    exit: 2,
  });

const nothingWaits = () => new Problem({ code: 'nothing-waits', message: 'No step waits to go on.' });
