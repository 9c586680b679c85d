import { afterAll, describe, expect, test } from 'vitest';
import { storyOf } from './fixtures.ts';
import { play, realPool } from './rig.ts';

const pool = realPool();
afterAll(() => pool[Symbol.asyncDispose]());

/** Plays steps that must not come true, and answers what was said without place, source line and squiggle. */
async function failureOf(
  steps: string,
  header = '',
): Promise<{ outcome: string; exit: number; said: string[] }> {
  const { verdict } = await play(storyOf(steps, header), pool);
  const said = verdict.findings.flatMap(({ problem, seen }) => [problem.message, ...seen]);
  return { outcome: verdict.outcome, exit: verdict.exit, said };
}

describe('a scenario that is wrong fails', () => {
  test.each([
    [
      'share',
      '  - bob: { share: berlin-calls, with: carol }',
      [
        'bob could not share berlin-calls with carol: 404 not_found: There is no such thing here, or it is not shared with you.',
      ],
    ],
    [
      'share, by its outcome',
      '  - alice: { share: berlin-calls, with: bob, outcome: { status: 409 } }',
      ['alice was to get 409 when trying to share berlin-calls with bob, and got 200.'],
    ],
    [
      'share, by its receipts',
      '  - alice: { share: berlin-calls, with: bob, receipts: { bob: unavailable } }',
      [
        'The event of alice did not get as far as expected: position_shared to bob is "delivered", not "unavailable", for good.',
      ],
    ],
    [
      'share, by until',
      '  - bob: disconnect\n  - alice: { share: berlin-calls, with: bob, until: delivered, within: 3s }',
      [
        'The event of alice did not get as far as expected: position_shared to bob is "unavailable", not "delivered", after 3 s.',
      ],
    ],
    [
      'comment',
      '  - bob: { comment: Hello, on: berlin-calls }',
      [
        'bob could not comment on berlin-calls: 404 not_found: There is no such thing here, or it is not shared with you.',
      ],
    ],
    [
      'update',
      '  - bob: { update: berlin-calls, set: { notes: Mine } }',
      [
        'bob could not update berlin-calls: 404 not_found: There is no such thing here, or it is not shared with you.',
      ],
    ],
    [
      'update with something that cannot be',
      '  - alice: { update: berlin-calls, set: { quantity: many } }',
      [
        'berlin-calls cannot be set to that: ✖ Invalid input: expected number, received string\n  → at quantity',
      ],
    ],
    [
      'revoke',
      '  - bob: { revoke: berlin-calls, from: alice }',
      [
        'bob could not revoke berlin-calls from alice: 404 not_found: There is no such thing here, or it is not shared with you.',
      ],
    ],
    [
      'emit',
      '  - alice: { emit: share_revoked, to: bob, from_user: bob, data: { position_id: $berlin-calls } }',
      ['The relay was to answer "accepted" to alice\'s share_revoked to bob, and said "rejected spoofed".'],
    ],
    [
      'opens',
      '  - bob: kill\n  - bob: { opens: page, within: 300ms }',
      ["bob could not open the page: bob's backend did not take bob's page socket within 300 ms."],
    ],
    [
      'http',
      '  - alice: { http: GET /api/v1/positions/ideas/nothing }',
      [
        'alice asked GET /api/v1/positions/ideas/nothing, and was refused: 404 not_found: There is no such thing here, or it is not shared with you.',
      ],
    ],
    [
      'http, by its outcome',
      '  - alice: { http: GET /api/v1/friends, outcome: { status: 401, code: bad_token } }',
      ['alice asked GET /api/v1/friends and was to get 401 bad_token, and got 200.'],
    ],
    [
      'receives',
      '  - alice: { share: berlin-calls, with: bob, until: delivered }\n' +
        '  - bob: { receives: comment_added, about: berlin-calls, from: alice, within: 300ms }',
      [
        'bob has not received comment_added about berlin-calls from alice within 300 ms.',
        'Seen by the backend:',
        '1. position_shared about berlin-calls from alice: type: expected comment_added, saw position_shared',
      ],
    ],
    [
      'receives, by its pattern',
      '  - alice: { share: berlin-calls, with: bob, until: delivered }\n' +
        '  - bob: { receives: position_shared, match: { data: { version: 2 } }, within: 300ms }',
      [
        'bob has not received position_shared that matches { data: { version: 2 } } within 300 ms.',
        'Seen by the backend:',
        '1. position_shared about berlin-calls from alice: data.version: expected 2, saw 1',
      ],
    ],
    [
      'receives, where another step has claimed the only one',
      '  - alice: { share: berlin-calls, with: bob, until: delivered }\n' +
        '  - bob: { receives: position_shared }\n  - bob: { receives: position_shared, within: 200ms }',
      [
        'bob has not received position_shared within 200 ms.',
        'Seen by the backend:',
        '1. position_shared about berlin-calls from alice: claimed by an earlier expectation',
      ],
    ],
    [
      'receives, too often',
      '  - alice: { emit: share_revoked, to: bob, data: { position_id: $berlin-calls } }\n'.repeat(2) +
        '  - bob: { receives: share_revoked, count: 1 }',
      [
        'bob has received share_revoked 2 times, and 1 were expected.',
        '1. share_revoked about berlin-calls from alice',
        '2. share_revoked about berlin-calls from alice',
      ],
    ],
    [
      'receives, too seldom',
      '  - alice: { share: berlin-calls, with: bob, until: delivered }\n' +
        '  - bob: { receives: position_shared, count: 2, within: 200ms }',
      [
        'bob has not received position_shared 2 times within 200 ms.',
        'Seen by the backend:',
        '1. position_shared about berlin-calls from alice: it matches',
      ],
    ],
    [
      'sees',
      '  - bob: { sees: position_removed, about: berlin-calls, within: 200ms }',
      [
        'bob has not seen position_removed about berlin-calls within 200 ms.',
        'Nothing was seen by the page.',
      ],
    ],
    [
      'never',
      '  - alice: { share: berlin-calls, with: bob }\n  - bob: { never: any }',
      ['bob was never to get anything, and did.', '1. position_shared about berlin-calls from alice'],
    ],
    [
      'never for a time',
      '  - alice: { share: berlin-calls, with: bob }\n  - bob: { never: any, for: 20s }',
      ['bob was never to get anything, and did.', '1. position_shared about berlin-calls from alice'],
    ],
    [
      'has',
      '  - bob: { has: berlin-calls, within: 200ms }',
      ['bob has not got berlin-calls within 200 ms.', 'It has spy-wheel.'],
    ],
    [
      'has, by its pattern',
      '  - alice: { has: berlin-calls, match: { symbol: SAP }, within: 200ms }',
      ['alice has not got berlin-calls as expected within 200 ms.', 'symbol: expected "SAP", saw "DAX"'],
    ],
    [
      'lacks',
      '  - alice: { lacks: berlin-calls, within: 200ms }',
      ['alice still has berlin-calls after 200 ms.'],
    ],
    [
      'presence',
      '  - alice: { presence: online, of: bob, within: 20s }\n  - alice: { presence: offline, of: bob, within: 200ms }',
      ['alice has not seen bob as offline within 200 ms.', 'bob is online.'],
    ],
    [
      'presence of a stranger',
      '  - alice: { presence: online, of: carol, within: 200ms }',
      ['alice has not seen carol as online within 200 ms.', 'carol is no friend of alice.'],
    ],
    ['connect', '  - bob: connect', ['bob was not disconnected before.']],
    ['disconnect', '  - bob: disconnect\n  - bob: disconnect', ['bob is disconnected already.']],
    ['heal', '  - heal: everyone', ['There is no fault in force that heal: everyone could end.']],
    [
      'befriend',
      '  - alice: { befriend: bob, outcome: { status: 409 } }',
      ['alice was to get 409 when trying to befriend bob, and got 201.'],
    ],
    [
      'unfriend',
      '  - alice: { unfriend: carol }',
      [
        'alice could not unfriend carol: 404 not_found: There is no such thing here, or it is not shared with you.',
      ],
    ],
    ['kill', '  - bob: kill\n  - bob: kill', ['bob is not running, so it cannot be killed.']],
    ['start', '  - relay: start', ['relay is running already.']],
    [
      'restart',
      '  - bob: kill\n  - bob: restart',
      ['bob is not running: what is down is brought back by start.'],
    ],
  ])('%s', async (_name, steps, expected) => {
    expect(await failureOf(steps)).toEqual({ outcome: 'failed', exit: 1, said: expected });
  });
});

describe('nothing is decided before what goes on by itself has come to its end', () => {
  test('a limit only delays, so what it delays is not "never"', async () => {
    const { said } = await failureOf(
      `  - alice: { share: berlin-calls, with: bob, until: delivered }
  - alice: { comment: Too fast?, on: berlin-calls, receipts: { bob: limited } }
  - bob: { never: comment_added }`,
      'limits: { per_pair: { rate: 1, burst: 1 } }\n',
    );
    expect(said[0]).toBe('bob was never to get comment_added, and did.');
  });

  test('a fetch that will be tried again brings its event to the page', async () => {
    const { said } = await failureOf(
      `  - cut: { between: [alice, bob] }
  - alice: { share: berlin-calls, with: bob, until: delivered }
  - wait: 600ms
  - heal: everyone
  - bob: { sees: position_shared, count: 0 }`,
    );
    expect(said[0]).toBe('bob has seen position_shared 1 times, and 0 were expected.');
  });
});

test('what came before a step began does not count as coming after it, though bob was down and nobody had looked', async () => {
  const { said } = await failureOf(
    `  - alice: { share: berlin-calls, with: bob, until: delivered }
  - bob: kill
  - alice: { comment: One, on: berlin-calls, as: first }
  - bob: start
  - bob: { receives: comment_added, after: first, within: 20s }
  - bob: { receives: position_shared, after: first, within: 200ms }`,
  );
  expect(said[0]).toBe('bob has not received position_shared within 200 ms.');
});
