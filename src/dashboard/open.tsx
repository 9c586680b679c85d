import { render } from 'ink';
import type { JournalEntry } from '../protocol/records.ts';
import { App } from './app.tsx';
import type { Intents } from './intents.ts';
import type { DashboardModel } from './model.ts';
import type { RunFacts } from './run-facts.ts';
import { openModelStore } from './store.ts';

export interface DashboardOptions {
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly facts: RunFacts;
  readonly intents: Intents;
}

/** The live view on the terminal's other screen. Disposing it brings the first one back as it was. */
export interface Dashboard extends AsyncDisposable {
  take(entries: readonly JournalEntry[]): void;
  show(facts: RunFacts): void;
  counts(): Pick<DashboardModel, 'delivered' | 'undelivered'>;
}

const maxFps = 15;

export function openDashboard({ stdin, stdout, facts, intents }: DashboardOptions): Dashboard {
  const store = openModelStore();
  const view = (current: RunFacts) => <App store={store} facts={current} intents={intents} />;
  const app = render(view(facts), {
    stdin,
    stdout,
    // Ctrl-C is a wish like any other: who opened us knows what is to be stopped first.
    exitOnCtrlC: false,
    // Whoever opens it has looked at the terminal and at what was wished; Ink would decide anew.
    interactive: true,
    alternateScreen: true,
    incrementalRendering: true,
    maxFps,
  });
  return {
    take: (entries) => store.take(entries),
    counts: () => store.get(),
    show: (current) => app.rerender(view(current)),
    async [Symbol.asyncDispose]() {
      app.unmount();
      await app.waitUntilExit();
    },
  };
}
