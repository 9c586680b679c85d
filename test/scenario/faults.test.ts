import { afterAll, describe, expect, test, vi } from 'vitest';
import { verdictLines } from '../../src/cli/verdict-lines.ts';
import type { FaultInForce, Stack } from '../../src/stack/stack.ts';
import { storyOf } from './fixtures.ts';
import { play, realPool } from './rig.ts';

// The first stack of a file loads everything from its sources, on a machine that may have much else to do.
vi.setConfig({ testTimeout: 60_000 });

const pool = realPool();
afterAll(() => pool[Symbol.asyncDispose]());

describe('a fault on messages', () => {
  test('that met none of them has tested nothing', async () => {
    const { verdict } = await play(
      storyOf(
        '  - drop: { from: relay, to: bob, type: share_revoked }\n    do:\n' +
          '      - alice: { share: berlin-calls, with: bob, until: delivered }\n' +
          '  - bob: { receives: position_shared }',
      ),
      pool,
    );
    expect(verdict).toMatchObject({ outcome: 'inconclusive', exit: 4 });
    expect(verdict.findings.map(({ problem }) => problem.message)).toEqual([
      'The drop between relay and bob has met nothing, so it has tested nothing.',
    ]);
  });

  test('leaves a quiet that can be proven, with what it swallowed and what it added', async () => {
    const { verdict, events, said } = await play(
      storyOf(
        '  - drop: { from: relay, to: bob, type: position_shared, nth: 1 }\n    do:\n' +
          '      - duplicate: { from: alice, to: relay, type: collab_event }\n        do:\n' +
          '          - alice: { share: berlin-calls, with: bob, until: delivered, within: 10s }\n' +
          '  - bob: { receives: position_shared, count: 1 }\n  - carol: { never: any }',
        'sweep: 300ms\n',
      ),
      pool,
    );
    expect([said, verdict.outcome]).toEqual(['', 'passed']);
    const proofs = events.flatMap((event) =>
      event.type === 'step_ended' && event.proof ? [event.proof] : [],
    );
    expect(proofs).toEqual([
      expect.stringMatching(/^quiet after 2 rounds/),
      expect.stringMatching(/^quiet after 2 rounds/),
    ]);
  });

  test('in force leaves a question about absence open, unless a time is given for it', async () => {
    const blocked = (never: string) =>
      play(
        storyOf(
          '  - drop: { from: bob, to: relay, type: collab_ack }\n    do:\n' +
            '      - alice: { share: berlin-calls, with: bob, until: routed }\n' +
            `      - bob: { receives: position_shared }\n      - bob: { never: comment_added, ${never} }`,
        ),
        pool,
      );
    const open = await blocked('within: 400ms');
    expect(open.verdict).toMatchObject({ outcome: 'inconclusive', exit: 4 });
    expect(open.said).toContain(
      'Nobody can tell whether bob gets comment_added: alice has 1 in_flight to do.',
    );
    expect((await blocked('for: 100ms')).verdict.outcome).toBe('passed');
  });
});

describe('chance', () => {
  const byChance = (header: string) =>
    storyOf(
      '  - delay: { between: [bob, relay], by: 1ms, jitter: 2ms }\n' +
        '  - duplicate: { from: relay, to: bob, chance: 0.5 }\n' +
        '  - alice: { share: berlin-calls, with: bob, until: delivered }\n' +
        '  - bob: { has: spy-wheel, match: { symbol: nothing }, within: 50ms }',
      header,
    );
  const seedsOf = (faults: readonly FaultInForce[]) =>
    faults.map((fault) => ('seed' in fault ? fault.seed : undefined));

  test('begins with the seed of the file, or with one that a failed run prints', async () => {
    const seen: (number | undefined)[][] = [];
    const note = (stack: Stack) => {
      stack.journal.subscribe((entries) => {
        if (entries.some((one) => one.type === 'step' && one.step === 'stored'))
          seen.push(seedsOf(stack.faults()));
      });
    };
    const given = await play(byChance('seed: 42\n'), pool, {}, note);
    expect(given.verdict.seed).toBe(42);
    expect(seen[0]).toEqual([42, 43]);
    const drawn = await play(byChance(''), pool);
    expect(drawn.verdict.seed).toBeTypeOf('number');
    expect(verdictLines(drawn.verdict).join('\n')).toContain(
      `With "seed: ${drawn.verdict.seed}" in the header of story.yaml chance falls this way again.`,
    );
    const none = await play(storyOf('  - bob: { has: berlin-calls, within: 50ms }'), pool);
    expect(none.verdict.seed).toBeUndefined();
  });
});
