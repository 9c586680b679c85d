import process from 'node:process';
import { afterAll, expect, test } from 'vitest';
import { z } from 'zod';
import { aFolder, bin, commandTestMs } from '../cli/rig.ts';

const folder = await aFolder();
afterAll(() => folder[Symbol.asyncDispose]());

const report = z.object({
  conforms: z.boolean(),
  checks: z.array(z.object({ id: z.string(), result: z.string(), sent: z.string().optional() }).loose()),
});

test(
  'our own backend keeps every sentence of the contract',
  async () => {
    const line = [
      'conformance',
      '--format',
      'json',
      '--within',
      '30',
      '--',
      process.execPath,
      bin,
      'backend',
    ];
    const { stdout, stderr, exitCode, signal } = await folder.run(line);
    if (stdout === '') throw new Error(`No report (exit code ${exitCode}, signal ${signal}):\n${stderr}`);
    const { conforms, checks } = report.parse(JSON.parse(stdout));
    expect(checks.filter(({ result }) => result === 'broken' || result === 'not_checked')).toEqual([]);
    expect({ conforms, exitCode }).toEqual({ conforms: true, exitCode: 0 });
    expect(checks.length).toBeGreaterThan(140);
    await folder.untilEmpty();
  },
  commandTestMs * 4,
);

test('a backend that ends before it is ready is shown with its last words', async () => {
  const { stderr, exitCode } = await folder.run(['conformance', '--command', 'echo no database; exit 7']);
  expect(stderr).toContain('The backend ended (exit code 7) before it was ready.');
  expect(stderr).toContain('no database');
  expect(exitCode).toBe(3);
});

test('a backend that nobody starts is waited for, with the environment that it needs', async () => {
  const line = ['conformance', '--url', 'http://127.0.0.1:9', '--user', 'alice', '--start-within', '0.2'];
  const { stderr, exitCode } = await folder.run(line);
  expect(stderr).toContain("  export USER_ID='alice'\n");
  expect(stderr).toMatch(/ {2}export COLLAB_URL='ws:\/\/127\.0\.0\.1:\d+'\n/);
  expect(stderr).toContain("alice's backend did not connect to the relay within 0.2 s.");
  expect(exitCode).toBe(3);
});

test.each([
  [[], 'Which backend?'],
  [['--url', 'http://127.0.0.1:9', '--', 'true'], 'Which backend?'],
  [['--only', 'nothing', '--', 'true'], 'No check has an id that begins with nothing.'],
  [['--user', '-', '--', 'true'], "--user - is no user's name."],
])('conformance %j: %s', async (args, sentence) => {
  const { stderr, exitCode } = await folder.run(['conformance', ...args]);
  expect(stderr).toContain(sentence);
  expect(exitCode).toBe(2);
});

test('the list of checks starts nothing', async () => {
  const { stdout, exitCode } = await folder.run(['conformance', '--list', '--only', 'revoke.']);
  expect(stdout).toMatch(/^revoke\.copy-gone +must +6 +the owner's revoke deletes the copy$/m);
  expect(stdout).not.toContain('rest.');
  expect(exitCode).toBe(0);
});
