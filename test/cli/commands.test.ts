import { afterAll, expect, test } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { exitCodes } from '../../src/cli/exit-codes.ts';
import { aFolder } from './rig.ts';

const folder = await aFolder();
afterAll(() => folder[Symbol.asyncDispose]());

test('alone it prints help in groups, with lines to copy, and starts nothing', async () => {
  const { stdout, stderr, exitCode } = await folder.run([]);
  expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
  const groups = stdout.match(/^(Run|Look|Break|Write|Ship)$/gm);
  expect(groups).toEqual(['Run', 'Look', 'Break', 'Write', 'Ship']);
  for (const line of ['collab-dev up ', 'collab-dev replay share ', 'collab-dev test ']) {
    expect(stdout).toContain(`\n  ${line}`);
  }
  for (const { code, meaning } of exitCodes)
    expect(stdout).toMatch(new RegExp(`^ +${code} +${meaning}$`, 'm'));
  expect((await folder.run(['--help'])).stdout).toBe(stdout);
});

test('--version', async () => {
  expect(await folder.run(['--version'])).toMatchObject({
    stdout: manifest.version,
    stderr: '',
    exitCode: 0,
  });
});

test.each([
  [['upp'], /^Unknown command 'upp'\.\nDid you mean up\?$/],
  [
    ['fault', 'smash', 'alice'],
    /^Unknown command 'smash'\.\nThere are cut, delay, .* and reset; options stand behind/,
  ],
  [['fault', '--run', 'one', 'cut'], /^Unknown option '--run'\.\nThere are cut, .*; options stand behind/],
  [['send', '--wait', 'share'], /^Unknown option '--wait'\.\nThere are share, .*; options stand behind/],
  [['up', '--user', '3'], /^Unknown option '--user'\.\nDid you mean --users\?$/],
  [['up', '--users', '0'], /^--users 0 is not possible/],
  [['up', '--ports', '9'], /^--ports 9 is not understood/],
  [['replay', 'share', '--step'], /^--step goes on by a key of the dashboard, and there is none here\./],
  [['replay'], /^Missing required argument 'file'\.$/],
  [['--color', 'pink', 'up'], /^Option '--color <when>' argument 'pink' is invalid\./],
  [['explain', 'last'], /^There is no run in this folder yet\./],
  [['relay'], /COLLAB_JWT_SECRET/],
  [['backend'], /USER_ID is missing/],
])('%j is refused in a sentence, with exit code 2', async (args, sentence) => {
  const { stdout, stderr, exitCode } = await folder.run(args);
  expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 2 });
  expect(stderr).toMatch(sentence);
  expect(stderr).not.toMatch(/^ +at /m);
});

test('every command explains itself', async () => {
  for (const name of [
    'up',
    'replay',
    'test',
    'explain',
    'config',
    'validate',
    'schema',
    'relay',
    'backend',
  ]) {
    const { stdout, exitCode } = await folder.run([name, '--help']);
    expect({ name, exitCode }).toEqual({ name, exitCode: 0 });
    expect(stdout).toMatch(new RegExp(`^Usage: collab-dev ${name} `));
  }
});

test('config prints the limits, as YAML or as JSON', async () => {
  const yaml = await folder.run(['config']);
  expect(yaml).toMatchObject({ stderr: '', exitCode: 0 });
  expect(yaml.stdout).toMatch(/^relay:$/m);
  const json = await folder.run(['config', '--format', 'json']);
  expect(JSON.parse(json.stdout)).toMatchObject({
    version: manifest.version,
    up: { users: ['alice', 'bob', 'carol'], ports: { relay: 9000, first_backend: 8000, first_page: 3000 } },
    relay: { limits: { frame_bytes: 65_536 } },
  });
});
