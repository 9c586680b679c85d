import { commandsOf } from './foreign-plan.ts';
import type { ManagedInstance } from './managed-instance.ts';
import type { StackConfig } from './stack.ts';

/** Who of a stack waits for whom. */
export interface StartOrder {
  /** Resolves when everything that a command depends on has come as far as it wants; rejects when that cannot be. */
  before(name: string): Promise<void>;
  /** Its process runs. */
  spawned(name: string): void;
  /** Takes note of how a start ends, and answers it. */
  started(name: string, start: Promise<void>): Promise<void>;
  /** Ends instances beside one another, but each with what depends on it before it. */
  stop(instances: readonly ManagedInstance[]): Promise<void>;
}

interface Marks {
  readonly running: PromiseWithResolvers<void>;
  /** Of a task: it is done. */
  readonly ready: PromiseWithResolvers<void>;
}

export function startOrder(config: StackConfig): StartOrder {
  const commands = commandsOf(config);
  const all = new Map<string, Marks>();
  const marks = (name: string): Marks => {
    const found = all.get(name) ?? { running: Promise.withResolvers(), ready: Promise.withResolvers() };
    all.set(name, found);
    return found;
  };
  const dependentsOf = (name: string): string[] =>
    [...commands].flatMap(([other, { dependsOn }]) => (name in dependsOn ? [other] : []));

  return {
    async before(name) {
      const wanted = Object.entries(commands.get(name)?.dependsOn ?? {});
      await Promise.all(
        wanted.map(([on, how]) => (how === 'started' ? marks(on).running : marks(on).ready).promise),
      );
    },
    spawned: (name) => marks(name).running.resolve(),
    started(name, start) {
      const { running, ready } = marks(name);
      // Told by the start itself, even where nobody waits for it here.
      for (const { promise } of [running, ready]) promise.catch(() => {});
      start.then(
        () => {
          running.resolve();
          ready.resolve();
        },
        (thrown: unknown) => {
          running.reject(thrown);
          ready.reject(thrown);
        },
      );
      return start;
    },
    async stop(instances) {
      const byName = new Map(instances.map((one) => [one.name, one]));
      const stopping = new Map<string, Promise<void>>();
      const stop = (name: string): Promise<void> => {
        const begun = stopping.get(name) ?? stopAfter(name);
        stopping.set(name, begun);
        return begun;
      };
      const stopAfter = async (name: string): Promise<void> => {
        await Promise.all(dependentsOf(name).map(stop));
        await byName.get(name)?.stop();
      };
      await Promise.all([...byName.keys()].map(stop));
    },
  };
}
