import { z } from 'zod';
import { pickLiveRun, type RunWithSocket, runsMeant, shownRun } from '../live-runs.ts';
import { reachRun } from '../reach-run.ts';
import { formatOption, liveRunOption } from '../run-option.ts';
import { deadRunJson, processTable, runJson, uptime } from '../run-table.ts';
import type { Snapshot } from '../supervisor/control-frames.ts';
import type { DefineCommand } from './command.ts';

const psOptions = z.object({
  run: z.string().optional(),
  all: z.boolean().default(false),
  format: z.enum(['text', 'json']),
});

export const define: DefineCommand = (command, run) =>
  void command
    .addOption(liveRunOption())
    .option('--all', 'every stack that was started in this folder and has not ended in order')
    .addOption(formatOption())
    .action((raw: unknown) => {
      const { run: wanted, all, format } = psOptions.parse(raw);
      return run(async ({ cwd, output }) => {
        const meant = await runsMeant(cwd, { run: wanted, all });
        const runs = meant.length > 0 || all ? meant : [await pickLiveRun(cwd, wanted)];
        const seen: { readonly run: RunWithSocket; readonly snapshot: Snapshot | undefined }[] = [];
        for (const one of runs)
          seen.push({ run: one, snapshot: one.alive ? await snapshotOf(one) : undefined });
        const exit = runs.length > 0 && runs.every(({ alive }) => !alive) ? 3 : 0;
        if (format === 'json') {
          const listed = seen.map(({ run, snapshot }) =>
            snapshot ? runJson(snapshot, run.path) : deadRunJson(run),
          );
          output.data(JSON.stringify({ runs: listed }, null, 2));
          return exit;
        }
        const now = Date.now();
        for (const [index, { run, snapshot }] of seen.entries()) {
          if (index > 0) output.data('');
          output.data(snapshot ? headline(snapshot, now) : deadLine(run));
          if (snapshot) for (const line of processTable(snapshot.instances, now)) output.data(line);
        }
        if (seen.length === 0) output.chatter('Nothing runs in this folder.');
        if (seen.some(({ snapshot }) => !snapshot))
          output.chatter('"collab-dev down" cleans up what is dead.');
        return exit;
      });
    });

async function snapshotOf(run: RunWithSocket): Promise<Snapshot> {
  await using reached = await reachRun(run);
  return reached.snapshot;
}

const deadLine = (run: RunWithSocket): string => `run ${shownRun(run)}  dead: its supervisor was killed`;

/** `run 20261122-130455-k3f9 (demo)  ready, up 5 min, 2 faults in force` */
function headline({ run_id: id, name, phase, instances, faults, detached }: Snapshot, now: number): string {
  const starts = instances.flatMap(({ ready_at: at }) => at ?? []);
  const since = starts.length > 0 ? Math.min(...starts) : undefined;
  const facts = [
    phase,
    ...(since === undefined ? [] : [`up ${uptime(now, since)}`]),
    ...(faults.length > 0 ? [`${faults.length} ${faults.length === 1 ? 'fault' : 'faults'} in force`] : []),
    ...(detached ? [] : ['owned by a terminal']),
  ];
  return `run ${shownRun({ id, name })}  ${facts.join(', ')}`;
}
