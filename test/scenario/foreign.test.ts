import { afterAll, describe, expect, test, vi } from 'vitest';
import type { Scenario } from '../../src/scenario/scenario.ts';
import { senselessWith } from '../../src/scenario/topology-sense.ts';
import { scenarioOf, storyOf, yamlFiles } from './fixtures.ts';
import { backendCommand, killAt, playWith, without } from './foreign-rig.ts';
import { realPool } from './rig.ts';

// A backend that is not ours loads its bundle anew for each scenario.
vi.setConfig({ testTimeout: 90_000 });

const pool = realPool();
afterAll(() => pool[Symbol.asyncDispose]());

const files = yamlFiles('scenarios');
function shipped(name: string): Scenario {
  const found = files.find((one) => one.name === name);
  if (!found) throw new Error(`there is no ${name}.yaml`);
  return scenarioOf(found.text, found.file);
}

const unseen =
  'bob: under which grant a copy is held, and who wrote which comment; what is still being fetched; ' +
  'revokes to friends who are being left; which act an event came from';

describe('with a command in the place of bob, the standard scenarios', () => {
  // Each stands for others: acts and their effects, threads, a backend that dies, a relay that does, a fault on its link.
  test.each(['tour', 'revoke', 'recipient-killed-after-commit', 'relay-restart', 'offline-then-back'])(
    'come out the same: %s',
    async (name) => {
      const { verdict, said } = await playWith(shipped(name), pool, { bob: backendCommand() });
      expect(said).toBe('');
      expect(verdict.outcome).toBe('passed');
      expect(verdict.notChecked).toEqual([unseen]);
    },
  );

  test('what is between two commands is judged as well', async () => {
    const commands = { alice: backendCommand(), bob: backendCommand() };
    const { said, verdict } = await playWith(shipped('comment'), pool, commands);
    expect(said).toBe('');
    expect(verdict.outcome).toBe('passed');
  });
});

test.each([
  ['directly', { topology: 'direct' }],
  ['over TLS', { tls: true }],
] as const)('a command takes part where all speak %s', async (_, overrides) => {
  const story = storyOf(
    '  - alice: { share: berlin-calls, with: bob, until: delivered, within: 20s }\n  - bob: { has: berlin-calls, within: 20s }\n' +
      '  - bob: { comment: Good one, on: berlin-calls, until: delivered, within: 20s }\n' +
      '  - alice: { receives: comment_added, from: bob, within: 20s }\n  - bob: { never: share_revoked }',
  );
  const { said, verdict } = await playWith(story, pool, { bob: backendCommand() }, undefined, overrides);
  expect(said).toBe('');
  expect(verdict.outcome).toBe('passed');
});

describe('what a command does not offer', () => {
  test('it needs no census, inbox or page: then what the relay knows is the word, and the rest is left open', async () => {
    const bob = without(['/api/v1/census', '/api/v1/inbox', '/ws/collab']);
    const share = '  - alice: { share: berlin-calls, with: bob, until: delivered, within: 20s }\n';
    const seen = await playWith(
      storyOf(
        `${share}  - bob: { receives: position_shared, about: berlin-calls, from: alice, within: 20s }\n` +
          '  - bob: { has: berlin-calls, within: 20s }\n  - bob: { never: share_revoked, for: 300ms }',
      ),
      pool,
      { bob },
    );
    expect(seen.said).toBe('');
    expect(seen.verdict.outcome).toBe('passed');
    expect(seen.verdict.notChecked.join('\n')).toMatch(
      /^bob: .*which events were received, how often and in which order/m,
    );
    const proofs = seen.events.flatMap((event) => (event.type === 'step_ended' ? [event.proof] : []));
    expect(proofs).toContain("by the relay's word: the backend shows no inbox");

    const open = await playWith(storyOf(`${share}  - bob: { never: share_revoked }`), pool, { bob });
    expect(open.verdict).toMatchObject({ outcome: 'inconclusive', exit: 4 });
    expect(open.said).toContain(
      'Nobody can tell whether bob gets share_revoked: bob cannot say what it has under way.',
    );

    const deep = storyOf(`${share}  - bob: { receives: position_shared, match: { data: { symbol: SPY } } }`);
    const matched = await playWith(deep, pool, { bob });
    expect(matched.verdict.outcome).toBe('inconclusive');
    expect(matched.said).toContain('the relay does not know what an event says');
  });

  test('a raw event is skipped, and says why', async () => {
    const raw = storyOf('  - bob: { emit: comment_added, to: alice, data: {} }');
    expect(senselessWith(raw, ['alice'])).toBeUndefined();
    expect(senselessWith(raw, ['bob'])).toContain('needs a connection of our own client');
    const { verdict, said } = await playWith(raw, pool, { bob: backendCommand() });
    expect(verdict.outcome).toBe('inconclusive');
    expect(said).toContain(
      "This step was skipped: a raw event goes over a connection of our own client, and bob's",
    );
  });

  test('one that holds nothing of what it has acknowledged fails a scenario whose steps all come true', async () => {
    const story = storyOf(
      '  - alice: { share: berlin-calls, with: bob, until: delivered, within: 20s }\n  - bob: { receives: position_shared }',
    );
    const bob = without([], { env: { FORGETS: '/api/v1/positions/ideas' } });
    const { verdict, said } = await playWith(story, pool, { bob });
    expect(verdict.outcome).toBe('failed');
    expect(said).toContain('lost: alice shares berlin-calls with bob, who has no copy of it.');
  });

  test('one that is dead at the end was not checked', async () => {
    const left = storyOf(
      '  - alice: { share: berlin-calls, with: bob, until: delivered, within: 20s }\n  - bob: kill',
    );
    const { verdict } = await playWith(left, pool, { bob: backendCommand() });
    expect(verdict.notChecked).toEqual(['bob: the backend cannot be read, so nothing of it was checked']);
    expect(verdict.outcome).toBe('passed');
  });

  test('one that dies unasked fails its scenario, and one with a policy comes back in it', async () => {
    const story = storyOf(
      '  - alice: { share: berlin-calls, with: bob, until: delivered, within: 20s }\n' +
        '  - alice: { comment: Still there?, on: berlin-calls }\n' +
        '  - bob: { receives: comment_added, within: 30s }',
    );
    const killed = killAt('bob', 7);
    const left = await playWith(story, pool, { bob: backendCommand() }, killed);
    expect(left.verdict).toMatchObject({ outcome: 'failed', exit: 3 });
    expect(left.said).toContain('bob died and nobody had asked it to: SIGKILL.');

    const back = await playWith(story, pool, { bob: backendCommand({ restart: 'on-failure' }) }, killed);
    expect(back.said).toBe('');
    expect(back.verdict.outcome).toBe('passed');
  });
});
