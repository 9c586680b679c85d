import { expect, test } from 'vitest';
import { starterFiles } from '../../src/cli/init/templates.ts';
import { parseConfig } from '../../src/config/parse-config.ts';
import { expectTold } from '../scenario/damaged.ts';
import { yamlFiles } from '../scenario/fixtures.ts';
import { configOf, project } from './rig.ts';

const starters = starterFiles(false).map(({ text }) => text.replaceAll(/^( *)#(?! [A-Za-z"*])/gm, '$1'));
const texts = [...yamlFiles('broken/config').map(({ text }) => text), ...starters];

test('whatever a file holds, it is a configuration or is told why not, at a place that it has', () => {
  expectTold(texts, (file, text) => parseConfig(file, text, project));
});

test('many parts that all wait for the same ones are looked at once each', () => {
  const layers = Array.from({ length: 40 }, (_, layer) => {
    const before = layer === 0 ? '' : `, depends_on: { a${layer - 1}: ready, b${layer - 1}: ready }`;
    return `  a${layer}: { command: x${before} }\n  b${layer}: { command: x${before} }`;
  });
  expect(Object.keys(configOf(`services:\n${layers.join('\n')}\n`).services)).toHaveLength(80);
});
