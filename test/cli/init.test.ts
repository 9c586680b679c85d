import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { starterFiles } from '../../src/cli/init/templates.ts';
import { configSchema } from '../../src/config/config-schema.ts';
import { parseConfig } from '../../src/config/parse-config.ts';
import { project } from '../config/rig.ts';
import { aFolder, commandTestMs } from './rig.ts';

const folder = await aFolder();
afterAll(() => folder[Symbol.asyncDispose]());

const textOf = (path: string): string => starterFiles(false).find((file) => file.path === path)?.text ?? '';

test('what init writes is valid, passes its test, and comes up', { timeout: 2 * commandTestMs }, async () => {
  const written = await folder.run(['init']);
  expect(written).toMatchObject({ stderr: '', exitCode: 0 });
  expect(written.stdout.split('\n')).toEqual([
    'written        collab-dev.yaml',
    'written        scenarios/share.scenario.yaml',
    'written        .github/workflows/collab-dev.yml',
    'written        .collab-dev/.gitignore',
    '',
    'Next',
    '  npx collab-dev doctor   # whether this machine has what it needs',
    '  npx collab-dev test     # your scenario, with an exit code',
    '  npx collab-dev up       # the whole stack, until Ctrl-C',
  ]);

  const validated = await folder.run(['validate']);
  expect(validated).toMatchObject({ stdout: '', stderr: '2 files, nothing wrong', exitCode: 0 });

  const tested = await folder.run(['test']);
  expect(tested.stdout).toMatch(/^✓ A shared position reaches a friend, and a comment comes back/);
  expect(tested).toMatchObject({ exitCode: 0 });

  const up = folder.start(['up', '--ports', 'auto', '--no-tui']);
  await up.line(/: passed$/);
  process.kill(up.pid, 'SIGTERM');
  await up.ended;
  await folder.untilEmpty();
});

test('init leaves what is there already as it is, unless it is forced', async () => {
  await using other = await aFolder();
  await other.write('collab-dev.yaml', 'users: [dora]\n');
  const kept = await other.run(['init']);
  expect(kept.stdout).toMatch(/^there already {2}collab-dev\.yaml\nwritten {8}scenarios/);
  expect(kept).toMatchObject({
    stderr: 'What was there already is as it was; --force writes over it.',
    exitCode: 0,
  });
  expect(await readFile(join(other.path, 'collab-dev.yaml'), 'utf8')).toBe('users: [dora]\n');

  const forced = await other.run(['init', '--force']);
  expect(forced.stdout).toMatch(/^replaced {7}collab-dev\.yaml\nreplaced/);
  expect(await readFile(join(other.path, 'collab-dev.yaml'), 'utf8')).toBe(textOf('collab-dev.yaml'));

  const elsewhere = await other.run(['init', "it's new"]);
  expect(elsewhere.stdout).toContain("  cd 'it'\\''s new' && npx collab-dev test ");
  await writeFile(join(other.path, 'taken'), '');
  expect(await other.run(['init', 'taken'])).toMatchObject({
    exitCode: 2,
    stderr: expect.stringMatching(/cannot be written/),
  });
});

describe('what init writes', () => {
  test('shows every key, and is valid also with every setting in force', () => {
    const all = textOf('collab-dev.yaml').replace(/^( *)#(?! [A-Za-z"*])/gm, '$1');
    const parsed = parseConfig('collab-dev.yaml', all, { ...project, isFolder: () => true });
    expect(parsed.ok ? [] : parsed.complaints.map(({ message }) => message)).toEqual([]);
    const keys = Object.keys(configSchema.shape);
    expect(Object.keys(parse(all)).toSorted()).toEqual(keys.toSorted());
  });

  test('runs the scenarios in CI, after the packages of a project that has some', () => {
    const [bare, withPackages] = [false, true].map((install) =>
      parse(starterFiles(install).find(({ path }) => path.endsWith('.yml'))?.text ?? ''),
    );
    const commands = (workflow: { jobs: { scenarios: { steps: { run?: string }[] } } }) =>
      workflow.jobs.scenarios.steps.flatMap(({ run }) => run ?? []);
    expect(commands(bare)).toEqual(['npx collab-dev test']);
    expect(commands(withPackages)).toEqual(['npm ci', 'npx collab-dev test']);
  });
});
