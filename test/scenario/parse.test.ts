import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { renderComplaints } from '../../src/scenario/complaint.ts';
import { parseScenario } from '../../src/scenario/parse.ts';
import { toStackConfig } from '../../src/scenario/stack-needs.ts';
import { fixturesFolder, portfolios, scenarioOf, yamlFiles } from './fixtures.ts';

describe('every broken file says exactly what is wrong with it', () => {
  test.each(yamlFiles('broken'))('$name', ({ name, file, text }) => {
    const parsed = parseScenario(file, text, portfolios);
    if (parsed.ok) throw new Error(`${file} has no mistakes`);
    const said = `${renderComplaints(parsed.source, parsed.complaints)}\n`;
    const beside = join(fixturesFolder, 'broken', `${name}.txt`);
    // UPDATE_COMPLAINTS=1 writes them anew, to be read in the diff.
    if (process.env.UPDATE_COMPLAINTS) writeFileSync(beside, said);
    expect(said).toBe(readFileSync(beside, 'utf8'));
  });
});

describe('every shipped scenario', () => {
  test.each(yamlFiles('scenarios'))(
    '$name parses without a warning, and says in a comment what it is about',
    ({ file, text }) => {
      const parsed = parseScenario(file, text, portfolios);
      expect(parsed).toMatchObject({ ok: true, warnings: [] });
      expect(text).toMatch(/^# [A-Z]/);
    },
  );
});

describe('a scenario file', () => {
  test('says who is whose friend: pairs are mutual, a map is one-sided, everyone is everyone', () => {
    const friends = (line: string) =>
      scenarioOf(`scenario: x\nusers: [alice, bob, carol]\n${line}\nsteps: [{ alice: kill }]`).users.map(
        (user) => `${user.name}: ${user.friends.join(' ')}`,
      );
    expect(friends('friends: [[alice, bob]]')).toEqual(['alice: bob', 'bob: alice', 'carol: ']);
    expect(friends('friends: { alice: [bob] }')).toEqual(['alice: bob', 'bob: ', 'carol: ']);
    expect(friends('friends: everyone')).toEqual([
      'alice: bob carol',
      'bob: alice carol',
      'carol: alice bob',
    ]);
    expect(friends('skip: no friends here')).toEqual(['alice: ', 'bob: ', 'carol: ']);
  });

  test('decides what its stack needs', () => {
    const scenario = scenarioOf(
      'scenario: x\nusers: { alice: , bob: { acks: false } }\nfriends: everyone\ngrace: 1s\n' +
        'limits: { per_pair: { rate: 1, burst: 3 } }\nsteps: [{ alice: kill }]',
    );
    expect(toStackConfig(scenario)).toEqual({
      users: [
        { name: 'alice', displayName: 'Alice', friends: ['bob'], acks: true },
        { name: 'bob', displayName: 'Bob', friends: ['alice'], acks: false },
      ],
      graceMs: 1000,
      limits: { per_pair: { rate: 1, burst: 3 } },
      relays: 1,
    });
  });

  test('keeps positions of its own beside those of the fixtures', () => {
    const { positions } = scenarioOf(
      'scenario: x\nusers: [alice, bob]\npositions: { alice: [berlin-calls], bob: { mine: { symbol: SAP } } }\n' +
        'steps: [{ alice: kill }]',
    );
    expect(positions.map(({ owner, name, draft }) => [owner, name, draft.symbol])).toEqual([
      ['alice', 'berlin-calls', 'DAX'],
      ['bob', 'mine', 'SAP'],
    ]);
  });

  test('gives each step its text in one line and its place', () => {
    const { steps, source } = scenarioOf(
      'scenario: x\nusers: [alice, bob]\npositions: { alice: [berlin-calls] }\nsteps:\n' +
        '  - alice: # in two lines\n      share: berlin-calls\n      with: bob\n  - alice, bob: kill\n  - everyone: kill',
    );
    expect(steps.map(({ text, range, kind }) => [text, source.at(range.start).line, kind])).toEqual([
      ['alice: share: berlin-calls with: bob', 6, 'act'],
      ['alice, bob: kill', 8, 'act'],
      ['everyone: kill', 9, 'act'],
    ]);
  });

  test('is discouraged from waiting, and may', () => {
    const parsed = parseScenario('x.yaml', 'scenario: x\nusers: [alice]\nsteps: [{ wait: 1s }]', portfolios);
    expect(parsed).toMatchObject({ ok: true, warnings: [{ severity: 'warning' }] });
  });
});
