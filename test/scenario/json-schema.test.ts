import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { scenarioJsonSchema } from '../../src/scenario/json-schema.ts';
import { verbs } from '../../src/scenario/verbs/index.ts';
import { yamlFiles } from './fixtures.ts';

const schema = scenarioJsonSchema();

test('the JSON Schema knows every verb, word and control, each with its summary', () => {
  const text = JSON.stringify(schema);
  for (const { name, summary } of verbs) {
    expect(text).toContain(JSON.stringify(summary));
    expect(text).toContain(`"${name}"`);
  }
});

test('the JSON Schema accepts every shipped scenario, and no misspelt one', () => {
  // z.fromJSONSchema reads it back: another reader than the parser, and no further package.
  const reader = z.fromJSONSchema(schema);
  const broken = yamlFiles('broken').find(({ name }) => name === 'misspelt-option');
  expect(reader.safeParse(parse(broken?.text ?? '')).success).toBe(false);
  for (const { name, text } of yamlFiles('scenarios')) {
    expect([name, reader.safeParse(parse(text)).error?.issues]).toEqual([name, undefined]);
  }
});
