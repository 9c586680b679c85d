import process from 'node:process';
import type { RunFacts } from '../dashboard/app.tsx';
import { openDashboard } from '../dashboard/open.tsx';
import { type RunView, stoppingNotice, type ViewWishes } from './run-view.ts';
import type { Snapshot } from './supervisor/control-frames.ts';
import type { Output } from './terminal.ts';

export interface DashboardViewOptions {
  readonly output: Output;
  readonly wishes: ViewWishes;
  readonly runId: string;
  readonly folder: string;
}

/** The run in the dashboard, and a summary on the ordinary screen when it closes. */
export function openDashboardView({ output, wishes, runId, folder }: DashboardViewOptions): RunView {
  let facts: RunFacts = {
    runId,
    phase: 'starting',
    relayUrl: undefined,
    readyMs: undefined,
    notice: undefined,
  };
  let last: Snapshot | undefined;
  const dashboard = openDashboard({ stdin: process.stdin, stdout: process.stdout, facts, intents: wishes });

  const show = (change: Partial<RunFacts>): void => {
    facts = { ...facts, ...change };
    dashboard.show(facts);
  };
  return {
    snapshot(snapshot) {
      last = snapshot;
      show({ phase: snapshot.phase, relayUrl: snapshot.relay_url, readyMs: snapshot.ready_ms });
    },
    entries: (entries) => dashboard.take(entries),
    stopping: (again) => show({ notice: again ? stoppingNotice : 'stopping' }),
    async [Symbol.asyncDispose]() {
      await dashboard[Symbol.asyncDispose]();
      const { delivered, undelivered } = dashboard.counts();
      output.data(
        `Run ${runId} has ended: ${delivered} delivered, ${undelivered} not. It is kept in ${folder}.`,
      );
      if (last?.play?.state === 'ended') for (const text of last.play.report) output.data(text);
      await output.drained();
    },
  };
}
