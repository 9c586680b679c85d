import { afterAll, describe, expect, test, vi } from 'vitest';
import type { StepEvent } from '../../src/scenario/step-event.ts';
import { scenarioOf, storyOf } from './fixtures.ts';
import { killAt } from './foreign-rig.ts';
import { play, realPool } from './rig.ts';

// The first stack of a file loads everything from its sources, on a machine that may have much else to do.
vi.setConfig({ testTimeout: 60_000 });

const pool = realPool();
afterAll(() => pool[Symbol.asyncDispose]());

const shareAndWait = '  - alice: { share: berlin-calls, with: bob, until: delivered }\n';
const endings = (events: readonly StepEvent[]) =>
  events.flatMap((event) => (event.type === 'step_ended' ? [event.outcome] : []));

describe('nobody can tell, and says so', () => {
  test.each([
    [
      'whether something comes while the relay cannot report',
      '  - relay: kill\n  - bob: { never: any }',
      'Nobody can tell whether bob gets anything: relay cannot say what it has under way.',
    ],
    [
      'whether something comes while work waits behind a cut',
      '  - bob: disconnect\n  - alice: { share: berlin-calls, with: bob, until: accepted }\n  - carol: { never: any }',
      /^Nobody can tell whether carol gets anything: alice has 1 .* waiting, and a cut is in force between bob and relay\.$/,
    ],
    [
      'how many come while a backend cannot report',
      `${shareAndWait}  - carol: kill\n  - bob: { receives: position_shared, count: 1 }`,
      'Nobody can tell how often bob gets position_shared: carol cannot say what it has under way.',
    ],
    [
      'whether a request was carried out that had no answer',
      '  - alice: kill\n  - alice: { http: DELETE /api/v1/friends/bob }',
      /^alice's attempt to ask DELETE \/api\/v1\/friends\/bob got no answer \(.*\): nobody knows whether it was carried out\.$/,
    ],
    [
      'what a backend that is down has received',
      '  - bob: kill\n  - bob: { receives: any, within: 100ms }',
      "bob's backend could not be read, so nobody knows whether anything came.",
    ],
    [
      'what a cut is good for that met nothing',
      '  - cut: { between: [alice, bob], as: gap }\n  - heal: gap',
      'The cut between alice and bob has met nothing, so it has tested nothing.',
    ],
  ])('%s', async (_name, steps, message) => {
    const { verdict } = await play(storyOf(steps), pool);
    expect(verdict).toMatchObject({ outcome: 'inconclusive', exit: 4 });
    expect(verdict.findings.map(({ problem }) => problem.message)).toEqual([
      typeof message === 'string' ? message : expect.stringMatching(message),
    ]);
  });

  test('but a time to look for is an answer where quiet is none', async () => {
    const { verdict, events } = await play(
      storyOf('  - relay: kill\n  - bob: { never: any, for: 100ms }'),
      pool,
    );
    expect(verdict.outcome).toBe('passed');
    expect(events).toContainEqual(expect.objectContaining({ type: 'step_ended', proof: 'for 100 ms' }));
  });
});

describe('a run', () => {
  test('shows what was expected, what was there and where in the file', async () => {
    const { said } = await play(
      storyOf(`${shareAndWait}  - bob: { receives: comment_added, from: alice, within: 100ms }`),
      pool,
    );
    expect(said).toBe(
      [
        'story.yaml:7:12 bob has not received comment_added from alice within 100 ms.',
        '    - bob: { receives: comment_added, from: alice, within: 100ms }',
        '             ~~~~~~~~~~~~~~~~~~~~~~~',
        '  Seen by the backend:',
        '  1. position_shared about berlin-calls from alice: type: expected comment_added, saw position_shared',
      ].join('\n'),
    );
  });

  test('names the proof of every verdict about absence', async () => {
    const { events } = await play(
      storyOf(`${shareAndWait}  - bob: { receives: any, count: 1 }\n  - carol: { never: any }`),
      pool,
    );
    const proofs = events.flatMap((event) => (event.type === 'step_ended' ? [event.proof] : []));
    const quiet = expect.stringMatching(/^quiet after 2 rounds, \d+ frames on 6 links$/);
    expect(proofs).toEqual([undefined, quiet, quiet]);
  });

  test('goes on after a failed expectation, and stops after a failed act or one that it must have', async () => {
    const wrong = '  - bob: { has: berlin-calls, within: 50ms }\n';
    const goesOn = await play(storyOf(`${wrong}${wrong}  - alice: { unfriend: carol }\n${wrong}`), pool);
    expect(endings(goesOn.events)).toEqual(['failed', 'failed', 'failed']);
    const must = '  - bob: { has: berlin-calls, within: 50ms, must: true }\n';
    expect(endings((await play(storyOf(`${must}${wrong}`), pool)).events)).toEqual(['failed']);
  });

  test('hands on what acts answered and what arrived', async () => {
    const { said } = await play(
      storyOf(
        `${shareAndWait}  - bob: { receives: position_shared, as: offer }\n` +
          '  - bob: { http: GET $offer.data.share_url, outcome: { status: 401 } }\n' +
          '  - bob: { has: berlin-calls, must: true, as: copy }\n' +
          "  - bob: { comment: '$copy.symbol by $offer.from_user for $$5', on: $offer.data.position_id, as: note }\n" +
          "  - alice: { receives: comment_added, match: { data: { comment: { id: $note.id, text: 'DAX by alice for $$5' } } } }",
      ),
      pool,
    );
    expect(said).toBe('');
  });

  test('can look only at what came after a step', async () => {
    const { verdict, said } = await play(
      storyOf(
        `${shareAndWait}  - alice: { comment: One, on: berlin-calls, until: delivered }\n` +
          '  - alice: { comment: Two, on: berlin-calls, as: second, until: delivered }\n' +
          '  - bob: { receives: comment_added, after: second, match: { data: { comment: { text: Two } } }, count: 1 }\n' +
          '  - bob: { never: position_shared, after: second }\n' +
          '  - bob: { never: position_shared }',
      ),
      pool,
    );
    expect(verdict.outcome).toBe('failed');
    expect(said).toContain('story.yaml:11:12 bob was never to get position_shared, and did.');
  });

  test('that is expected to fail passes by failing, and fails by passing', async () => {
    const failing = await play(
      storyOf('  - bob: { has: berlin-calls, within: 50ms }', 'fails: not yet built\n'),
      pool,
    );
    expect(failing.verdict).toMatchObject({ outcome: 'passed', exit: 0, expectedToFail: 'not yet built' });
    const passing = await play(storyOf('  - alice: { has: berlin-calls }', 'fails: not yet built\n'), pool);
    expect(passing.verdict).toMatchObject({ outcome: 'failed', exit: 1 });
    expect(passing.said).toContain('was expected to fail (not yet built), and it did not');
  });

  test('warns of events that no step claims, and fails where it was told to', async () => {
    const warned = await play(storyOf(shareAndWait), pool);
    expect(warned.verdict).toMatchObject({
      outcome: 'passed',
      warnings: ['No step claims this: bob got position_shared about berlin-calls from alice'],
    });
    const strict = await play(storyOf(shareAndWait), pool, { strict: true });
    expect(strict.verdict).toMatchObject({ outcome: 'failed', exit: 1 });
    const told = await play(storyOf(shareAndWait, 'unexpected: fail\n'), pool);
    expect(told.said).toContain('Events arrived that no step claims.');
    expect((await play(storyOf(shareAndWait, 'unexpected: ignore\n'), pool)).verdict.warnings).toEqual([]);
  });

  test('has only its time', async () => {
    const slow = storyOf('  - bob: { receives: any, within: 10s }', 'timeout: 300ms\n');
    const { verdict, said } = await play(slow, pool);
    expect(verdict).toMatchObject({ outcome: 'failed', exit: 1 });
    expect(said).toContain('The scenario has used up its 300 ms.');
  });

  test('waits for its reader before each step', async () => {
    const asked: string[] = [];
    await play(storyOf('  - alice: { has: berlin-calls }\n  - bob: { has: spy-wheel }'), pool, {
      pace: async ({ line, text }) => void asked.push(`${line} ${text}`),
    });
    expect(asked).toEqual(['6 alice: { has: berlin-calls }', '7 bob: { has: spy-wheel }']);
  });

  test('fails by its stack where an instance dies that nobody has asked to', async () => {
    const { verdict, said } = await play(
      storyOf('  - bob: { receives: any, within: 30s }'),
      pool,
      {},
      killAt('bob', 6),
    );
    expect(verdict).toMatchObject({ outcome: 'failed', exit: 3 });
    expect(said).toContain('bob died and nobody had asked it to: SIGKILL');
  });

  test('fails by its stack, and does not throw, where the links die while a cut is in force', async () => {
    const steps = '  - bob: disconnect\n  - bob: { receives: any, within: 30s }';
    const { verdict, said } = await play(storyOf(steps), pool, {}, killAt('links', 7));
    expect(verdict).toMatchObject({ outcome: 'failed', exit: 3 });
    expect(said).toContain('links died and nobody had asked it to: SIGKILL');
  });

  test('tells the journal of its steps, and of what the pages were shown', async () => {
    const seen: string[] = [];
    await play(storyOf(`${shareAndWait}  - bob: { sees: position_shared }`), pool, {}, (stack) => {
      stack.journal.subscribe((entries) => {
        for (const entry of entries) {
          if (entry.type === 'scenario') seen.push(`${entry.state} ${entry.verdict ?? ''}`.trim());
          if (entry.type === 'scenario_step') seen.push(`${entry.line} ${entry.state}`);
          if (entry.type === 'step' && entry.step === 'shown') seen.push(`shown to ${entry.to}`);
        }
      });
    });
    expect(seen).toEqual(
      expect.arrayContaining([
        'started',
        '6 started',
        '6 passed',
        'shown to bob',
        '7 passed',
        'ended passed',
      ]),
    );
  });

  test('heals everything, also a cut that nobody healed', async () => {
    let left: unknown;
    const { verdict } = await play(storyOf('  - bob: disconnect\n  - wait: 1ms'), pool, {}, (stack) => {
      stack.journal.subscribe((entries) => {
        if (entries.some((entry) => entry.type === 'scenario' && entry.state === 'ended'))
          left = stack.faults();
      });
    });
    expect(verdict.outcome).toBe('passed');
    expect(left).toEqual([]);
  });

  test('heals a cut by itself after its time, while the steps go on', async () => {
    const { verdict, said } = await play(
      scenarioOf(
        'scenario: x\nusers: [alice, bob]\nfriends: everyone\npositions: { alice: [berlin-calls] }\nsteps:\n' +
          '  - cut: { between: [bob, relay], for: 4s }\n' +
          '  - alice: { share: berlin-calls, with: bob }\n' +
          '  - bob: { never: any, for: 50ms }\n' +
          '  - bob: { receives: position_shared, count: 1, within: 20s }',
      ),
      pool,
    );
    expect([verdict.outcome, said]).toEqual(['passed', '']);
  });
});
