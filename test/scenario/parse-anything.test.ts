import { test } from 'vitest';
import { parseScenario } from '../../src/scenario/parse.ts';
import { expectTold } from './damaged.ts';
import { portfolios, yamlFiles } from './fixtures.ts';

const texts = [...yamlFiles('scenarios'), ...yamlFiles('broken')].map(({ text }) => text);

test('whatever a file holds, it parses or is told why not, at a place that it has', () => {
  expectTold(texts, (file, text) => parseScenario(file, text, portfolios));
});
