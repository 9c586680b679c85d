import type { ManagedInstance } from './managed-instance.ts';
import { ownMark, startTimeOf } from './processes.ts';
import { type StackFile, writePidsFile, writeStackFile } from './run-folder.ts';

export interface RunRecorder {
  /** Writes down what runs now. Later calls wait for earlier ones. */
  note(instances: Iterable<ManagedInstance>): Promise<void>;
}

/** Keeps `stack.json` and `pids.json` of a run folder up to date. */
export function recordRun(
  runFolder: string,
  facts: () => Pick<StackFile, 'run_id' | 'version' | 'relay_url' | 'users'>,
): RunRecorder {
  const startedAt = new Date().toISOString();
  let turn: Promise<void> = Promise.resolve();

  async function write(instances: Iterable<ManagedInstance>): Promise<void> {
    const owner = await ownMark();
    const processes = await Promise.all(
      [...instances].map(async ({ name, role, state, child }) => {
        const pid = child?.pid;
        const started = pid === undefined ? undefined : await startTimeOf(pid);
        return {
          name,
          role,
          state: state.id,
          ...(pid !== undefined && { pid }),
          ...(started && { started }),
        };
      }),
    );
    await writeStackFile(runFolder, {
      ...facts(),
      started_at: startedAt,
      ...(owner && { owner }),
      processes,
    });
    await writePidsFile(
      runFolder,
      processes.flatMap(({ name, pid, started }) => (pid === undefined ? [] : [{ name, pid, started }])),
    );
  }

  return {
    note(instances) {
      const done = turn.then(() => write(instances));
      turn = done.catch(() => {});
      return done;
    },
  };
}
