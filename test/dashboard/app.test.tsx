import { cleanup, render } from 'ink-testing-library';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { App, type RunFacts } from '../../src/dashboard/app.tsx';
import { EventFeed } from '../../src/dashboard/components/event-feed.tsx';
import { Footer } from '../../src/dashboard/components/footer.tsx';
import { Header } from '../../src/dashboard/components/header.tsx';
import { InstanceList } from '../../src/dashboard/components/instance-list.tsx';
import { layout } from '../../src/dashboard/layout.ts';
import { emptyModel, fold } from '../../src/dashboard/model.ts';
import { openModelStore } from '../../src/dashboard/store.ts';
import { alice, entries, numbered, steps } from './builders.ts';

const facts: RunFacts = {
  runId: 'r1',
  phase: 'ready',
  relayUrl: 'http://127.0.0.1:9000',
  readyMs: 812,
  notice: undefined,
};

afterEach(cleanup);

function anApp() {
  const store = openModelStore();
  const intents = { quit: vi.fn(), interrupt: vi.fn() };
  const app = render(<App store={store} facts={facts} intents={intents} />);
  return { ...app, store, intents };
}

/** Resolves with the first frame that holds a text. */
async function frameWith(app: { lastFrame: () => string | undefined }, text: string): Promise<string> {
  return vi.waitFor(() => {
    const frame = app.lastFrame() ?? '';
    expect(frame).toContain(text);
    return frame;
  });
}

test('the feed shows who got an event and who did not, as it happens', async () => {
  const app = anApp();
  expect(app.lastFrame()).toContain('No event yet.');
  app.store.take(entries(steps.saved(1000), steps.applied(1004), steps.stranger(1005)));
  const frame = await frameWith(app, 'delivered');
  expect(frame).toMatch(/● alice → bob +position_shared +berlin-calls +delivered +4 ms/);
  expect(frame).toMatch(/○ alice → carol +position_shared +berlin-calls +not friends/);
  expect(frame).toMatch(/● 1 ○ 1$/);
});

test('q quits, Ctrl-C interrupts, and other keys do nothing', async () => {
  const app = anApp();
  app.stdin.write('x');
  app.stdin.write('q');
  await vi.waitFor(() => expect(app.intents.quit).toHaveBeenCalledOnce());
  app.stdin.write('\u0003');
  await vi.waitFor(() => expect(app.intents.interrupt).toHaveBeenCalledOnce());
  expect(app.intents.quit).toHaveBeenCalledOnce();
});

test('a frame is never as high as the screen, however many rows there are', async () => {
  const app = anApp();
  app.store.take(entries(...Array.from({ length: 200 }, (_, n) => numbered(n))));
  const frame = await frameWith(app, 'saved');
  expect(frame.split('\n').length).toBeLessThan(24);
});

describe('parts', () => {
  test('an instance says where it is, whether it is online, and what waits', () => {
    const { instances } = fold(
      emptyModel,
      entries(
        { type: 'process', at: 1, name: 'relay', state: 'ready', url: 'http://127.0.0.1:9000' },
        { type: 'process', at: 1, name: 'alice', state: 'ready', url: 'http://127.0.0.1:8000' },
        { type: 'presence', at: 2, user: alice, status: 'offline' },
        { type: 'outbox', at: 3, user: alice, pending: 2 },
        { type: 'process', at: 1, name: 'bob', state: 'failed' },
      ),
    );
    const list = <InstanceList instances={[...instances.values()]} width={60} rows={5} />;
    expect(render(list).lastFrame()).toBe(
      ['● relay    ready :9000', '◐ alice    offline :8000 2 waiting', '✗ bob      failed'].join('\n'),
    );
    const short = <InstanceList instances={[...instances.values()]} width={60} rows={2} />;
    expect(render(short).lastFrame()).toMatch(/and 2 more$/);
  });

  test('the header names the run, the relay, faults and the step', () => {
    const scenario = { name: 'A share', steps: 3, done: 1, now: 'bob has berlin-calls', verdict: undefined };
    const { lastFrame } = render(<Header {...facts} scenario={scenario} faults={['cut alice – relay']} />);
    expect(lastFrame()).toBe(
      'collab-dev r1 ready in 812 ms · relay http://127.0.0.1:9000 · cut alice – relay\n' +
        '▸ A share 1/3 bob has berlin-calls',
    );
  });

  test('the footer gives way to a notice', () => {
    const counts = { delivered: 2, undelivered: 1, warning: undefined };
    expect(render(<Footer {...counts} notice={undefined} />).lastFrame()).toMatch(/^q quit +● 2 ○ 1$/);
    expect(render(<Footer {...counts} notice="stopping" />).lastFrame()).toMatch(/^stopping/);
  });

  test('a feed shows the newest rows that fit', () => {
    const { rows } = fold(emptyModel, entries(numbered(1), numbered(2), numbered(3)));
    const frame = render(<EventFeed rows={[...rows.values()]} height={2} />).lastFrame() ?? '';
    expect(frame.split('\n')).toHaveLength(2);
  });

  test('the lists stand side by side where there is room', () => {
    expect(layout(120, 40)).toMatchObject({ wide: true, height: 39, body: 36 });
    expect(layout(80, 24)).toMatchObject({ wide: false, height: 23, instances: 80 });
    expect(layout(10, 2)).toMatchObject({ height: 4, body: 1 });
  });
});
