import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { configSchema } from '../../src/config/config-schema.ts';
import { parseConfig } from '../../src/config/parse-config.ts';
import { expandCommand } from '../../src/config/variables.ts';
import { renderComplaints } from '../../src/scenario/complaint.ts';
import { fixturesFolder, yamlFiles } from '../scenario/fixtures.ts';
import { configOf, project } from './rig.ts';

const broken = yamlFiles('broken/config');

describe('every broken configuration says all that is wrong with it, at once', () => {
  test.each(broken)('$name', ({ name, file, text }) => {
    const parsed = parseConfig(file, text, project);
    if (parsed.ok) throw new Error(`${file} has no mistakes`);
    const said = `${renderComplaints(parsed.source, parsed.complaints)}\n`;
    const beside = join(fixturesFolder, 'broken/config', `${name}.txt`);
    // UPDATE_COMPLAINTS=1 writes them anew, to be read in the diff.
    if (process.env.UPDATE_COMPLAINTS) writeFileSync(beside, said);
    expect(said).toBe(readFileSync(beside, 'utf8'));
  });
});

test('where every key is wrong, every key gets its complaint', () => {
  const { file = '', text = '' } = broken.find(({ name }) => name === 'everything') ?? {};
  const parsed = parseConfig(file, text, project);
  if (parsed.ok) throw new Error('it has no mistakes');
  const lines = new Set(parsed.complaints.map(({ start }) => parsed.source.at(start).line));
  const wrong = text.split('\n').flatMap((line, i) => (/^ *(#|$)|^ *[a-z]+: *$/.test(line) ? [] : [i + 1]));
  expect([...lines].toSorted((a, b) => a - b)).toEqual(wrong);
  for (const key of Object.keys(configSchema.shape)) expect(text).toContain(`\n${key}:`);
});

test.each([
  ['a list', (names: readonly string[]) => `users: [${names.join(', ')}]`],
  ['a map', (names: readonly string[]) => `users: { ${names.map((name) => `${name}: `).join(', ')} }`],
])('as %s, a file names as many users as a stack can have, and no more', (_, textOf) => {
  const names = Array.from({ length: 201 }, (_user, index) => `user-${index}`);
  expect(configOf(`${textOf(names.slice(0, 200))}\nports: auto`).users).toHaveLength(200);
  expect(() => configOf(`${textOf(names)}\nports: auto`)).toThrow(
    '"users" names 201, and a stack has 1 to 200 users.',
  );
});

describe('a configuration', () => {
  test('may be empty, or nothing but comments', () => {
    expect(configOf('')).toMatchObject({
      users: undefined,
      friends: undefined,
      backends: {},
      ports: undefined,
    });
    expect(configOf('# users: [alice]\n').topology).toBeUndefined();
  });

  test('gives a user a backend of the list or one of their own, and what it leaves out has a value', () => {
    const { users, backends } = configOf(
      `users: { alice: { backend: python, display_name: "$\${x} \${NAME}" }, bob: , carol: { backend: { command: [./run], cwd: ../web }, frontend: off } }\n` +
        'backends: { python: { command: "uvicorn app:app --port $PORT", cwd: backend } }',
    );
    const python = {
      command: 'uvicorn app:app --port $PORT',
      cwd: '/project/backend',
      env: {},
      ready: { tcp: true, withinMs: 30_000 },
      restart: 'never',
      stop: { signal: 'SIGTERM', graceMs: 5000 },
      dependsOn: {},
    };
    expect(backends).toEqual({ python });
    expect(users).toMatchObject([
      { name: 'alice', displayName: `\${x} Alice`, backend: python, backendName: 'python' },
      { name: 'bob', displayName: undefined, backend: undefined, frontend: undefined },
      {
        name: 'carol',
        backend: { command: ['./run'], cwd: '/web' },
        backendName: undefined,
        frontend: 'off',
      },
    ]);
  });

  test('says when a command is ready, how it stops, and what comes before it', () => {
    const { services, tasks } = configOf(
      'services: { database: { command: db, ready: { tcp: 5432, within: 1m }, stop: { signal: SIGINT, grace: 1s }, restart: always } }\n' +
        'tasks: { migrate: { command: [migrate, up], depends_on: { database: ready }, env: { LEVEL: 3, DRY: false } } }',
    );
    expect(services.database).toMatchObject({
      ready: { tcp: 5432, withinMs: 60_000 },
      stop: { signal: 'SIGINT', graceMs: 1000 },
      restart: 'always',
    });
    expect(tasks.migrate).toMatchObject({
      command: ['migrate', 'up'],
      ready: undefined,
      dependsOn: { database: 'ready' },
      env: { LEVEL: '3', DRY: 'false' },
    });
  });

  test('knows where it says what', () => {
    const config = configOf('# mine\nusers: [alice, bob]\nports: { relay: 7000 }\nrelay: { nodes: 2 }\n');
    expect(config.ports).toEqual({ relay: 7000, backends: 8000, pages: 3000 });
    expect([config.lineOf('ports'), config.lineOf('relay', 'nodes'), config.lineOf('tls')]).toEqual([
      3,
      4,
      undefined,
    ]);
  });

  test('keeps the variables of a command for whoever starts it, and leaves the shell its own', () => {
    const { python } = configOf(
      `backends: { python: { command: "run \${NAME} $PORT $\${PORT}", env: { URL: "http://\${HOST}" }, ready: { log: "on \${HOST}" } } }`,
    ).backends;
    if (!python) throw new Error('there is no python');
    expect(python).toMatchObject({
      command: `run \${NAME} $PORT $\${PORT}`,
      env: { URL: `http://\${HOST}` },
      ready: { log: 'on localhost' },
    });
    expect(expandCommand(python, project.variables, { LEVEL: 'info', URL: 'weaker' })).toMatchObject({
      command: `run Alice $PORT \${PORT}`,
      env: { LEVEL: 'info', URL: 'http://localhost' },
    });
  });
});
