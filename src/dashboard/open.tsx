import { render } from 'ink';
import type { JournalEntry } from '../protocol/records.ts';
import { App } from './app.tsx';
import type { Feed } from './feed/feed.ts';
import type { Intents } from './intents.ts';
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
  /** Rejects with what broke the drawing; the terminal has been given back by then. */
  readonly broken: Promise<never>;
  counts(): Pick<Feed, 'delivered' | 'undelivered'>;
}

const maxFps = 15;

export function openDashboard({ stdin, stdout, facts, intents }: DashboardOptions): Dashboard {
  const store = openModelStore({ frameMs: Math.ceil(1000 / maxFps) });
  // Node looks at NO_COLOR, FORCE_COLOR and TERM.
  const color = stdout.hasColors();
  const view = (current: RunFacts) => <App store={store} facts={current} intents={intents} color={color} />;
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
  const ended = app.waitUntilExit();
  const broken = Promise.withResolvers<never>();
  broken.promise.catch(() => {});
  ended.catch(broken.reject);
  return {
    broken: broken.promise,
    take: (entries) => store.take(entries),
    counts: () => store.get().model.feed,
    show: (current) => app.rerender(view(current)),
    async [Symbol.asyncDispose]() {
      app.unmount();
      store[Symbol.dispose]();
      // What broke it has been told already.
      await ended.catch(() => {});
    },
  };
}
