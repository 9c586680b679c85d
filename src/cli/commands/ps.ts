import { z } from 'zod';
import { pickLiveRun, runsWithSocket, shownRun } from '../live-runs.ts';
import { reachRun } from '../reach-run.ts';
import { formatOption, liveRunOption } from '../run-option.ts';
import { processTable, runJson, uptime } from '../run-table.ts';
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
    .option('--all', 'every stack that runs in this folder')
    .addOption(formatOption())
    .action((raw: unknown) => {
      const { run: wanted, all, format } = psOptions.parse(raw);
      return run(async ({ cwd, output }) => {
        const runs = all
          ? (await runsWithSocket(cwd)).filter(({ alive }) => alive)
          : [await pickLiveRun(cwd, wanted)];
        const seen: { readonly path: string; readonly snapshot: Snapshot }[] = [];
        for (const one of runs) {
          await using reached = await reachRun(one);
          seen.push({ path: one.path, snapshot: reached.snapshot });
        }
        if (format === 'json') {
          const listed = seen.map(({ path, snapshot }) => runJson(snapshot, path));
          output.data(JSON.stringify({ runs: listed }, null, 2));
          return 0;
        }
        const now = Date.now();
        for (const [index, { snapshot }] of seen.entries()) {
          if (index > 0) output.data('');
          output.data(headline(snapshot, now));
          for (const line of processTable(snapshot.instances, now)) output.data(line);
        }
        if (seen.length === 0) output.chatter('Nothing runs in this folder.');
        return 0;
      });
    });

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
