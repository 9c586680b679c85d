import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fixturesAbove } from '../../src/scenario/discover.ts';
import { type Fixtures, parseScenario } from '../../src/scenario/parse.ts';
import { loadPortfolios } from '../../src/scenario/portfolios.ts';
import type { Scenario } from '../../src/scenario/scenario.ts';

export const fixturesFolder = fixturesAbove(import.meta.dirname);
export const portfolios: Fixtures = await loadPortfolios(join(fixturesFolder, 'portfolios'));

/** The files of one fixture folder, by bare name, with the name that their complaints carry. */
export function yamlFiles(folder: string): { name: string; file: string; text: string }[] {
  return readdirSync(join(fixturesFolder, folder))
    .filter((file) => file.endsWith('.yaml'))
    .toSorted()
    .map((file) => ({
      name: file.replace('.yaml', ''),
      file: `fixtures/${folder}/${file}`,
      text: readFileSync(join(fixturesFolder, folder, file), 'utf8'),
    }));
}

/** A scenario about alice and bob, who are friends and have berlin-calls and spy-wheel; `steps` is YAML. */
export function storyOf(steps: string, header = ''): Scenario {
  const base = `scenario: A story\nusers: [alice, bob, carol]\nfriends: [[alice, bob]]\n`;
  const positions = `positions: { alice: [berlin-calls], bob: [spy-wheel] }\n`;
  return scenarioOf(`${base}${positions}${header}steps:\n${steps}`);
}

export function scenarioOf(text: string, file = 'story.yaml'): Scenario {
  const parsed = parseScenario(file, text, portfolios);
  if (!parsed.ok) throw new Error(parsed.complaints.map(({ message }) => message).join('\n'));
  return parsed.scenario;
}
