import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { merged } from '../../src/scenario/merged.ts';
import type { StepEvent } from '../../src/scenario/step-event.ts';
import { scenarioOf, storyOf } from './fixtures.ts';
import { play, realPool } from './rig.ts';

// The first stack of a file loads everything from its sources, on a machine that may have much else to do.
vi.setConfig({ testTimeout: 60_000 });

const pool = realPool();
afterAll(() => pool[Symbol.asyncDispose]());

/** What was said of the steps: `+` where one begins, and how it ends. */
const said = (events: readonly StepEvent[]) =>
  events.flatMap((event) => {
    if (event.type !== 'step_started' && event.type !== 'step_ended') return [];
    const { depth, line, text } = event;
    return `${'  '.repeat(depth)}${event.type === 'step_started' ? '+' : event.outcome} ${line} ${text}`;
  });

const pairs = (text: string) => text.match(/\([^)]*\)$/)?.[0];

describe('a block', () => {
  test('that is repeated plays its steps in rounds, each with its own line', async () => {
    const { verdict, events } = await play(
      storyOf('  - repeat: 2\n    do:\n      - alice: { has: berlin-calls }\n  - bob: { has: spy-wheel }\n'),
      pool,
    );
    expect(verdict.outcome).toBe('passed');
    expect(events[0]).toMatchObject({ type: 'scenario_started', steps: 4 });
    expect(said(events)).toEqual([
      '+ 6 repeat: 2',
      '  + 8 alice: { has: berlin-calls } (1 of 2)',
      '  passed 8 alice: { has: berlin-calls } (1 of 2)',
      '  + 8 alice: { has: berlin-calls } (2 of 2)',
      '  passed 8 alice: { has: berlin-calls } (2 of 2)',
      'passed 6 repeat: 2',
      '+ 9 bob: { has: spy-wheel }',
      'passed 9 bob: { has: spy-wheel }',
    ]);
  });

  test('of parallel steps begins all of them before one has ended, and ends with the last', async () => {
    const steps =
      '  - parallel:\n      - bob: { receives: position_shared, within: 20s, as: offer }\n' +
      '      - repeat: 1\n        do: [{ alice: { share: berlin-calls, with: bob } }]\n' +
      '  - bob: { http: GET $offer.data.share_url, outcome: { status: 401 } }\n';
    const { verdict, events, said: why } = await play(storyOf(steps), pool);
    expect(why).toBe('');
    expect(verdict.outcome).toBe('passed');
    const seen = said(events);
    expect(seen.slice(0, 2)).toEqual(['+ 6 parallel: 2 steps', expect.stringMatching(/^ {2}\+ 7/)]);
    const began = seen.findIndex((one) => one.startsWith('  + 8'));
    expect(began).toBeGreaterThan(0);
    expect(began).toBeLessThan(seen.findIndex((one) => one.startsWith('  passed 7')));
    expect(seen.indexOf('passed 6 parallel: 2 steps')).toBe(seen.length - 3);
  });

  test('is as good as its worst step, which says why at its own place; a failed act in it ends the file', async () => {
    const wrong = 'bob: { has: berlin-calls, within: 50ms }';
    const goesOn = await play(
      storyOf(`  - repeat: 2\n    do:\n      - ${wrong}\n  - alice: { has: berlin-calls }`),
      pool,
    );
    expect(said(goesOn.events).filter((one) => !one.includes('+'))).toEqual([
      `  failed 8 ${wrong} (1 of 2)`,
      `  failed 8 ${wrong} (2 of 2)`,
      'failed 6 repeat: 2',
      'passed 9 alice: { has: berlin-calls }',
    ]);
    expect(goesOn.verdict.findings.map(({ line }) => line)).toEqual([8, 8]);

    const stops = await play(
      storyOf(
        `  - parallel:\n      - alice: { unfriend: carol }\n      - ${wrong}\n  - alice: { has: berlin-calls }`,
      ),
      pool,
    );
    expect(said(stops.events).at(-1)).toBe('failed 6 parallel: 2 steps');
    expect(stops.verdict.findings.map(({ line }) => line).toSorted()).toEqual([7, 8]);
  });

  test('of a fault is healed when its steps have ended, also where one of them has failed', async () => {
    const cut = '  - cut: { between: [bob, relay], as: gap }\n    do:\n';
    const fine = await play(
      storyOf(
        `${cut}      - alice: { share: berlin-calls, with: bob }\n      - bob: { never: any, for: 50ms }\n` +
          '  - bob: { receives: position_shared, count: 1, within: 20s }',
      ),
      pool,
    );
    expect([fine.verdict.outcome, fine.said]).toEqual(['passed', '']);
    const left: unknown[] = [];
    const bad = await play(storyOf(`${cut}      - alice: { unfriend: carol }`), pool, {}, (stack) => {
      stack.journal.subscribe((entries) => {
        for (const entry of entries) if (entry.type === 'fault') left.push(entry.state);
      });
    });
    expect(bad.verdict.outcome).toBe('failed');
    expect(left).toEqual(['in_force', 'healed']);
  });

  test('has no more than the time of its scenario, and says so once', async () => {
    const slow = storyOf(
      '  - repeat: 50\n    do:\n      - bob: { receives: any, within: 20s }',
      'timeout: 300ms\n',
    );
    const { verdict } = await play(slow, pool);
    expect(verdict.findings.map(({ problem }) => problem.code)).toEqual(['timed-out']);
  });

  test('is paced step by step, and what runs at once is not', async () => {
    const asked: string[] = [];
    await play(
      storyOf(
        '  - repeat: 2\n    do: [{ alice: { has: berlin-calls } }]\n' +
          '  - parallel: [{ alice: { has: berlin-calls } }, { bob: { has: spy-wheel } }]',
      ),
      pool,
      { pace: async ({ line, text }) => void asked.push(`${line} ${pairs(text) ?? ''}`.trim()) },
    );
    expect(asked).toEqual(['6', '7 (1 of 2)', '7 (2 of 2)', '8']);
  });
});

test('two expectations beside one another never rest on the same event', async () => {
  const twice = '      - bob: { receives: position_shared, within: 2s }\n';
  const { verdict } = await play(
    storyOf(
      `  - alice: { share: berlin-calls, with: bob, until: delivered }\n  - parallel:\n${twice}${twice}`,
    ),
    pool,
  );
  expect(verdict.findings.map(({ problem }) => problem.code)).toEqual(['not-seen']);
});

test('in_order is a subsequence, claims all of it, and says how far it got', async () => {
  const text = (order: string) =>
    'scenario: x\nusers: [alice, bob]\nfriends: everyone\npositions: { alice: [berlin-calls] }\nunexpected: fail\n' +
    'steps:\n  - alice: { share: berlin-calls, with: bob, until: delivered }\n' +
    '  - alice: { comment: One, on: berlin-calls, until: delivered }\n' +
    '  - alice: { update: berlin-calls, set: { notes: two }, until: delivered }\n' +
    `  - bob: { in_order: [${order}], about: berlin-calls, from: alice, within: 200ms, as: story }\n`;
  const all = await play(scenarioOf(text('position_shared, comment_added, position_updated')), pool);
  expect(all.said).toBe('');
  const some = await play(scenarioOf(text('position_shared, position_updated')), pool);
  expect(some.said).toContain('bob got comment_added about berlin-calls from alice');
  const wrong = await play(scenarioOf(text('comment_added, position_shared')), pool);
  expect(wrong.said.split('\n').slice(3)).toEqual([
    expect.stringMatching(/^ {2}\d+\. comment_added about berlin-calls from alice$/),
    '  and then no position_shared about berlin-calls from alice',
  ]);
});

test('a paused user cannot report, and goes on at the end of the scenario', async () => {
  const states: string[] = [];
  const { verdict } = await play(storyOf('  - bob: pause\n  - carol: { never: any }'), pool, {}, (stack) => {
    stack.journal.subscribe((entries) => {
      for (const entry of entries) {
        if (entry.type === 'process' && entry.name === 'bob') states.push(entry.state);
        if (entry.type === 'scenario') states.push(entry.state);
      }
    });
  });
  expect(verdict).toMatchObject({ outcome: 'inconclusive', exit: 4 });
  expect(verdict.findings[0]?.problem.message).toBe(
    'Nobody can tell whether carol gets anything: bob cannot say what it has under way.',
  );
  expect(states.slice(states.indexOf('paused'), states.indexOf('ended') + 1)).toEqual([
    'paused',
    'ready',
    'ended',
  ]);
});

test('merged generators yield as they come, answer in their order, and stop together', async () => {
  async function* counting(name: string, ms: number): AsyncGenerator<string, string> {
    try {
      for (let n = 1; n <= 3; n += 1) {
        await wait(ms);
        yield `${name}${n}`;
      }
      return name;
    } finally {
      ended.push(name);
    }
  }
  const ended: string[] = [];
  const seen: string[] = [];
  const both = merged([counting('slow', 30), counting('quick', 1)], 'stopped');
  let step = await both.next();
  for (; !step.done; step = await both.next()) seen.push(step.value);
  expect(step.value).toEqual(['slow', 'quick']);
  expect(seen.filter((one) => one.startsWith('quick'))).toEqual(['quick1', 'quick2', 'quick3']);
  expect(seen).toHaveLength(6);
  ended.length = 0;
  for await (const one of merged([counting('a', 1), counting('b', 1)], 'stopped')) {
    if (one) break;
  }
  expect(ended.toSorted()).toEqual(['a', 'b']);
});
