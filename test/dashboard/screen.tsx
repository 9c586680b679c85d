import { stripVTControlCharacters } from 'node:util';
import { Box } from 'ink';
import { render } from 'ink-testing-library';
import { expect, vi } from 'vitest';
import { App } from '../../src/dashboard/app.tsx';
import type { Intents, PositionChoice } from '../../src/dashboard/intents.ts';
import type { RunFacts } from '../../src/dashboard/run-facts.ts';
import { openModelStore } from '../../src/dashboard/store.ts';
import type { JournalRecord } from '../../src/protocol/records.ts';
import { aStack, entries } from './builders.ts';

/** How long a loaded machine may take, for vi.waitFor: its own second is little. */
export const soon = { timeout: 20_000, interval: 20 } as const;

export const facts: RunFacts = {
  runId: 'r1',
  phase: 'ready',
  relayUrl: 'http://127.0.0.1:9000',
  readyMs: 812,
  notice: undefined,
  topology: 'relay',
};

export const positions: readonly PositionChoice[] = [
  { id: 'p1', name: 'berlin-calls', owner: 'alice', readOnly: false, sharedWith: ['bob'] },
  { id: 'p2', name: 'sap-covered-call', owner: 'alice', readOnly: false, sharedWith: [] },
  { id: 'p3', name: 'gold-collar', owner: 'carol', readOnly: true, sharedWith: [] },
];

const done = { ok: true, text: 'done' };

export const someIntents = (): { [K in keyof Intents]: ReturnType<typeof vi.fn<Intents[K]>> } => ({
  quit: vi.fn(),
  interrupt: vi.fn(),
  suspend: vi.fn(async () => {}),
  positionsOf: vi.fn(async () => positions),
  share: vi.fn(async () => done),
  comment: vi.fn(async () => done),
  update: vi.fn(async () => done),
  revoke: vi.fn(async () => done),
  kill: vi.fn(async () => done),
  restart: vi.fn(async () => done),
  cut: vi.fn(async () => done),
  heal: vi.fn(async () => done),
  followLog: vi.fn(() => () => {}),
  nextStep: vi.fn(),
});

export interface ScreenOptions {
  readonly columns?: number;
  readonly rows?: number;
  readonly records?: readonly JournalRecord[];
  readonly facts?: Partial<RunFacts>;
}

/** The whole dashboard on a terminal of a size, with a small stack and what is given. */
export function aScreen({ columns = 120, rows = 40, records = [], facts: more }: ScreenOptions = {}) {
  const store = openModelStore({ frameMs: 1, clock: () => 1000 });
  store.take(entries(...aStack, ...records));
  const intents = someIntents();
  const app = render(<Box />);
  Object.defineProperty(app.stdout, 'columns', { value: columns, configurable: true });
  Object.defineProperty(app.stdout, 'rows', { value: rows, configurable: true });
  app.rerender(<App store={store} facts={{ ...facts, ...more }} intents={intents} color={false} />);
  const frame = (): string => stripVTControlCharacters(app.lastFrame() ?? '');
  return {
    store,
    intents,
    frame,
    /** Resolves with the first frame that holds a text, or meets an expression. */
    until: (expected: string | RegExp): Promise<string> =>
      vi.waitFor(() => {
        expect(frame()).toMatch(expected);
        return frame();
      }, soon),
    async keys(...keys: readonly string[]): Promise<void> {
      for (const key of keys) {
        app.stdin.write(key);
        // An escape is only one when nothing follows it for a while.
        await new Promise((resolve) => setTimeout(resolve, key === '\u001b' ? 40 : 1));
      }
    },
    resize(width: number, height: number): void {
      Object.defineProperty(app.stdout, 'columns', { value: width, configurable: true });
      Object.defineProperty(app.stdout, 'rows', { value: height, configurable: true });
      app.stdout.emit('resize');
    },
    raw: () => app.lastFrame() ?? '',
  };
}
