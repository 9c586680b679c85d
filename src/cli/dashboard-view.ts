import { join } from 'node:path';
import process from 'node:process';
import { openDashboard } from '../dashboard/open.tsx';
import type { RunFacts } from '../dashboard/run-facts.ts';
import type { RunFolder } from '../stack/run-folder.ts';
import { dashboardIntents } from './dashboard-intents.ts';
import { shownRun } from './live-runs.ts';
import { pagesInShort } from './page-urls.ts';
import { runSummary } from './run-summary.ts';
import { runTally } from './run-tally.ts';
import { type RunView, stoppingNotice, type ViewWishes } from './run-view.ts';
import type { Snapshot } from './supervisor/control-frames.ts';
import type { Output } from './terminal.ts';

export interface DashboardViewOptions {
  readonly output: Output;
  readonly wishes: ViewWishes;
  readonly run: RunFolder;
  /** Of the run folder, as it is shown. */
  readonly folder: string;
  /** How our commands are called here. */
  readonly command: string;
  /** It only looks on: the run goes on when it closes. */
  readonly attached: boolean;
}

/** The run in the dashboard, and a summary on the ordinary screen when it closes. */
export function openDashboardView({
  output,
  wishes,
  run,
  folder,
  command,
  attached,
}: DashboardViewOptions): RunView {
  let facts: RunFacts = {
    runId: run.id,
    phase: 'starting',
    relayUrl: undefined,
    readyMs: undefined,
    notice: undefined,
    topology: 'relay',
  };
  let last: Snapshot | undefined;
  const tally = runTally();
  const isDown = (name: string): boolean => {
    const state = last?.instances.find((instance) => instance.name === name)?.state;
    return state === 'stopped' || state === 'failed';
  };
  const intents = dashboardIntents({ wishes, logs: join(run.path, 'logs'), isDown });
  const dashboard = openDashboard({ stdin: process.stdin, stdout: process.stdout, facts, intents });

  const show = (change: Partial<RunFacts>): void => {
    facts = { ...facts, ...change };
    dashboard.show(facts);
  };
  return {
    snapshot(snapshot) {
      last = snapshot;
      show(factsOf(snapshot));
    },
    broken: dashboard.broken,
    entries(entries) {
      tally.take(entries);
      dashboard.take(entries);
    },
    stopping: (again) => show({ notice: again ? stoppingNotice : 'stopping' }),
    async [Symbol.asyncDispose]() {
      const counts = { ...dashboard.counts() };
      await dashboard[Symbol.asyncDispose]();
      const summary = runSummary({
        runId: run.id,
        goesOn: attached && last?.phase === 'ready',
        folder,
        command,
        play: last?.play,
        counts,
        undelivered: tally.lastUndelivered(),
      });
      for (const text of summary) output.data(text);
      await output.drained();
    },
  };
}

function factsOf({
  run_id: id,
  name,
  phase,
  relay_url,
  pages,
  topology,
  ready_ms,
  unacknowledged,
  play,
}: Snapshot): Partial<RunFacts> {
  return {
    ...(name !== undefined && { runId: shownRun({ id, name }) }),
    phase,
    relayUrl: relay_url,
    pages: pagesInShort(pages),
    ...(topology && { topology }),
    readyMs: ready_ms,
    unacknowledged,
    stepping: play?.state === 'playing' && play.next !== undefined,
    ...(play?.state === 'ended' && { report: play.report }),
  };
}
