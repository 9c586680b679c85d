import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { discoverScenarios, findScenario, shownPath } from '../../src/scenario/discover.ts';
import { loadPortfolios } from '../../src/scenario/portfolios.ts';
import { fixturesFolder, portfolios } from './fixtures.ts';

test('the shipped portfolios hold at least ten positions, each with legs and notes', () => {
  expect(portfolios.size).toBeGreaterThanOrEqual(10);
  for (const draft of portfolios.values()) {
    expect(draft.legs.length).toBeGreaterThan(0);
    expect(draft.notes).not.toBe('');
  }
});

test('a portfolio with a mistake, or with the name of another, is refused by name', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'portfolios-'));
  try {
    await writeFile(join(folder, 'a.yaml'), 'mine: { symbol: SAP }');
    await writeFile(join(folder, 'b.yaml'), 'mine: { symbol: SAP }');
    await expect(loadPortfolios(folder)).rejects.toThrow('"mine" is in another portfolio too');
    await writeFile(join(folder, 'b.yaml'), 'yours: { symbol: sap }');
    await expect(loadPortfolios(folder)).rejects.toThrow('b.yaml is no portfolio of positions');
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('scenarios are discovered below a folder, sorted, and a shipped one is found by its bare name', async () => {
  const found = await discoverScenarios(join(fixturesFolder, '..'));
  expect(found).toContain('fixtures/scenarios/share.yaml');
  expect(found).toEqual(found.toSorted());
  expect(found.some((file) => file.includes('broken'))).toBe(false);
  expect(await findScenario('share', '/', fixturesFolder)).toBe(join(fixturesFolder, 'scenarios/share.yaml'));
  await expect(findScenario('shore', '/', fixturesFolder)).rejects.toThrow('Did you mean "share"?');
  expect(shownPath('/a/b/c.yaml', '/a')).toBe('b/c.yaml');
});
