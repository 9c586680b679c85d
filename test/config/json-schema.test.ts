import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { configSchema } from '../../src/config/config-schema.ts';
import { configJsonSchema } from '../../src/config/json-schema.ts';
import { yamlFiles } from '../scenario/fixtures.ts';

const schema = configJsonSchema();
// z.fromJSONSchema reads it back: another reader than the parser, and no further package.
const reader = z.fromJSONSchema(schema);

test('an editor has a text for each key', () => {
  const { properties } = z
    .object({ properties: z.record(z.string(), z.object({ description: z.string().optional() }).loose()) })
    .parse(schema);
  expect(Object.keys(properties)).toEqual(Object.keys(configSchema.shape));
  for (const [key, { description }] of Object.entries(properties))
    expect([key, description]).toEqual([key, expect.any(String)]);
});

test('it accepts what the parser accepts, and underlines what is misspelt', () => {
  const file = parse(
    'users: { alice: { backend: python }, bob: , carol: { backend: { command: [run], ready: { log: up } }, frontend: off } }\n' +
      'friends: everyone\npositions: { alice: [berlin-calls] }\nports: auto\ntls: true\nrelay: { nodes: 3, grace: 1s }\n' +
      'backends: { python: { command: run, cwd: ., env: { A: 1 }, ready: { http: /readyz, within: 10s }, stop: { signal: SIGINT } } }\n' +
      'tasks: { migrate: { command: migrate } }\n',
  );
  expect(reader.safeParse(file).error?.issues).toBeUndefined();
  expect(reader.safeParse({ ...file, topolgy: 'direct' }).success).toBe(false);
  expect(reader.safeParse({ ...file, tasks: { migrate: { comand: 'x' } } }).success).toBe(false);
  const everything = yamlFiles('broken/config').find(({ name }) => name === 'everything');
  expect(reader.safeParse(parse(everything?.text ?? '')).success).toBe(false);
});
