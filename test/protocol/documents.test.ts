import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { createConfig, lintFromString } from '@redocly/openapi-core';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { asyncApi } from '../../src/protocol/asyncapi.ts';
import { backendAbout, backendRoutes } from '../../src/protocol/backend-rest.ts';
import { openApi } from '../../src/protocol/openapi.ts';
import { relayAbout, relayRoutes } from '../../src/protocol/relay-rest.ts';
import type { Route } from '../../src/protocol/route.ts';

const relay = openApi(relayRoutes, { ...relayAbout, version: '1.0.0', url: '/' });
const backend = openApi(backendRoutes, { ...backendAbout, version: '1.0.0', url: '/' });
const sockets = asyncApi({ version: '1.0.0', host: 'localhost:9000', secure: false });

async function complaintsAbout(document: object): Promise<string[]> {
  const config = await createConfig({ extends: ['recommended'] });
  const source = JSON.stringify(document);
  const problems = await lintFromString({ source, absoluteRef: 'openapi.json', config });
  return problems.map(({ ruleId, message }) => `${ruleId}: ${message}`);
}

test.each([
  ['relay', relay],
  ['backend', backend],
])('the OpenAPI document of the %s keeps every recommended rule', async (_whose, document) => {
  expect(await complaintsAbout(document)).toEqual([]);
});

test('the linter would complain', async () => {
  expect(await complaintsAbout({ ...relay, info: { title: 'no version' } })).not.toEqual([]);
  const { responses: _none, ...rest } = relay.components;
  expect(await complaintsAbout({ ...relay, components: rest })).not.toEqual([]);
});

test.each<[string, Readonly<Record<string, Route>>, { readonly paths: object }]>([
  ['relay', relayRoutes, relay],
  ['backend', backendRoutes, backend],
])('every route of the %s is an operation, with its parameters and its body', (_whose, routes, { paths }) => {
  const operation = z.object({
    operationId: z.string(),
    parameters: z.array(z.object({ name: z.string(), in: z.string() })).default([]),
    requestBody: z.unknown().optional(),
    responses: z.record(z.string(), z.unknown()),
  });
  const all = z.record(z.string(), z.record(z.string(), operation)).parse(paths);
  for (const [name, { method, path, body, status }] of Object.entries(routes)) {
    const found = all[path.replaceAll(/:(\w+)/g, '{$1}')]?.[method.toLowerCase()];
    expect(found?.operationId).toBe(name);
    expect(Object.keys(found?.responses ?? {})).toContain(String(status));
    expect(found?.requestBody !== undefined).toBe(!(body instanceof z.ZodUndefined));
    const inPath = [...path.matchAll(/:(\w+)/g)].map(([, one]) => one);
    const named = found?.parameters.filter((one) => one.in === 'path').map((one) => one.name);
    expect(named?.toSorted()).toEqual(inPath.toSorted());
  }
});

const schemaFile = createRequire(import.meta.url).resolve('@asyncapi/specs/schemas/3.0.0.json');
/** The specification's own schema brings the dialect that it is written in. */
const ajv = new Ajv({ strict: false, meta: false, validateSchema: false });
addFormats.default(ajv);
const isAsyncApi = ajv.compile(
  z.record(z.string(), z.unknown()).parse(JSON.parse(await readFile(schemaFile, 'utf8'))),
);

test('the AsyncAPI document is one, and the check can fail', () => {
  expect(isAsyncApi(sockets) ? [] : isAsyncApi.errors).toEqual([]);
  const { 'plain.bye': bye, ...operations } = sockets.operations;
  expect(isAsyncApi({ ...sockets, operations: { ...operations, bye: { ...bye, action: 'shout' } } })).toBe(
    false,
  );
});

test('what it refers to is there', () => {
  for (const document of [relay, backend, sockets]) {
    const refs = new Set(JSON.stringify(document).match(/(?<="\$ref":")[^"]+/g));
    expect(refs.size).toBeGreaterThan(0);
    for (const ref of refs) expect([ref, at(document, ref)]).not.toEqual([ref, undefined]);
  }
});

test('both faces say the same things', () => {
  const { socketIo, plain } = sockets.channels;
  expect(Object.keys(plain.messages).filter((name) => name !== 'hello')).toEqual(
    Object.keys(socketIo.messages),
  );
});

/** What a JSON pointer leads to. */
function at(document: unknown, ref: string): unknown {
  const path = ref.slice(2).split('/');
  return path.reduce<unknown>(
    (value, key) => (typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined),
    document,
  );
}
