import type { Journal } from '../../journal/journal.ts';
import type { ChildEnvironment } from '../../stack/child-process.ts';
import type { Instance, Stack, StackConfig } from '../../stack/stack.ts';
import { startStack } from '../../stack/start-stack.ts';
import type { Failure, InstanceState, PlayState, Snapshot } from './control-frames.ts';
import { failureOf } from './failure.ts';
import { loadPlay } from './load-play.ts';
import type { RunSettings } from './settings.ts';

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
  /** Ends it; more than once is once. */
  readonly stop: () => void;
  /** Ends it because of a bug. */
  readonly crash: (thrown: unknown) => void;
  readonly stopping: AbortSignal;
  /** Starts the stack, plays, and resolves when everything has ended; what fails is in the snapshot then. */
  run(): Promise<void>;
}

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
  let stack: Stack | undefined;
  let journal: Journal | undefined;
  let play: PlayState | undefined;
  let failure: Failure | undefined;
  let readyMs: number | undefined;
  let instances: readonly Instance[] = [];

  const become = (next: Snapshot['phase']): void => {
    phase = next;
    instances = stack?.instances() ?? instances;
    changed();
  };

  async function live(): Promise<void> {
    const loaded = await loadPlay(settings, folder, home);
    config = loaded.config;
    await using running = await startStack(loaded.config, { signal: abort.signal, environment, version });
    stack = running;
    journal = running.journal;
    using _pushed = subscription(journal, grew);
    readyMs = performance.timeOrigin + performance.now() - settings.asked_at;
    become('ready');

    play = await loaded.play(running, {
      signal: abort.signal,
      onStart(name, file) {
        play = { state: 'playing', name, file };
        changed();
      },
    });
    changed();
    if (settings.mode === 'up' && !abort.signal.aborted) await aborted(abort.signal);
    become('stopping');
  }

  return {
    snapshot: () => ({
      type: 'snapshot',
      run_id: settings.run_id,
      phase,
      ...(stack && { relay_url: stack.relayUrl }),
      instances: instances.map(instanceState),
      friends: Object.fromEntries((config?.users ?? []).map(({ name, friends }) => [name, [...friends]])),
      unacknowledged: (config?.users ?? []).filter(({ acks }) => !acks).map(({ name }) => name),
      ...(readyMs !== undefined && { ready_ms: readyMs }),
      ...(play && { play }),
      ...(failure && { failure }),
    }),
    journal: () => journal,
    stop() {
      if (!abort.signal.aborted) abort.abort();
    },
    crash(thrown) {
      failure ??= failureOf(thrown);
      abort.abort();
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

const subscription = (journal: Journal, grew: () => void): Disposable => {
  const off = journal.subscribe(grew);
  return { [Symbol.dispose]: off };
};

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}

const instanceState = ({ name, role, state, pid, url, startMs }: Instance): InstanceState => ({
  name,
  role,
  state,
  ...(pid !== undefined && { pid }),
  ...(url !== undefined && { url }),
  ...(startMs !== undefined && { start_ms: startMs }),
});
