import process from 'node:process';
import { expect, test, vi } from 'vitest';
import { aFolder, commandTestMs } from './rig.ts';

vi.setConfig({ testTimeout: commandTestMs });

const share = `
scenario: A share reaches the friend
users: [alice, bob]
friends: [[alice, bob]]
positions: { alice: [berlin-calls] }
steps:
  - alice: { share: berlin-calls, with: bob }
  - bob: { receives: position_shared, about: berlin-calls, from: alice, count: 1 }
`;
/** Bob gets what he must not get. */
const failing = `${share.replace('A share reaches', 'A share does not reach')}  - bob: { never: any }\n`;
const endless = `${share.replace('A share', 'A slow share')}  - wait: 20s\n`;
const invalid =
  'scenario: Broken\nusers: [alice]\nsteps:\n  - alice: { shaer: x }\n  - bob: { never: any }\n';

test('what passes is a line, a summary and exit code 0', async () => {
  await using folder = await aFolder();
  await folder.write('share.scenario.yaml', share);
  const { stdout, stderr, exitCode } = await folder.run(['test']);
  expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
  expect(stdout).toMatch(
    /^✓ A share reaches the friend \d+ ms\n\n1 passed in [\d.]+ s; \.collab-dev\/runs\/\S+ has/,
  );
  const checked = await folder.run(['check']);
  expect(checked).toMatchObject({ stderr: '', exitCode: 0 });
  expect(checked.stdout).toMatch(
    /^\S+\/01-share: nothing wrong in 2 backends\nnot checked: what users were told/,
  );
  await folder.untilEmpty();
});

test('what fails is told in full with its place, and exits with 1', async () => {
  await using folder = await aFolder();
  await folder.write('a.scenario.yaml', failing);
  await folder.write('b.scenario.yaml', share);
  const { stdout, exitCode } = await folder.run(['test']);
  expect(exitCode).toBe(1);
  expect(stdout).toMatch(
    /^✗ A share does not reach the friend \d+ ms\n✓ A share reaches the friend \d+ ms\n/,
  );
  expect(stdout).toMatch(/^a\.scenario\.yaml:9:\d+ /m);
  expect(stdout).toMatch(/^1 passed, 1 failed in /m);

  const bailed = await folder.run(['test', '-x']);
  expect(bailed.exitCode).toBe(1);
  expect(bailed.stdout).not.toContain('✓');
});

test('an event that no step claims is a warning, and a failure with --strict', async () => {
  await using folder = await aFolder();
  const silent = share.split('\n').slice(0, -2).join('\n');
  await folder.write('a.scenario.yaml', `${silent}\n  - bob: { has: berlin-calls }\n`);
  const plain = await folder.run(['test']);
  expect(plain.exitCode).toBe(0);
  expect(plain.stdout).toContain('warning: ');
  expect((await folder.run(['test', '--strict'])).exitCode).toBe(1);
});

test('every complaint about every file comes before anything starts, with exit code 2', async () => {
  await using folder = await aFolder();
  await folder.write('a.scenario.yaml', invalid);
  await folder.write('b.scenario.yaml', share);
  const { stdout, stderr, exitCode } = await folder.run(['test']);
  expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 2 });
  expect(stderr).toMatch(/^a\.scenario\.yaml:4:\d+ .*Did you mean "share"/m);
  expect(stderr).toMatch(/^a\.scenario\.yaml:5:\d+ .*bob/m);

  const validated = await folder.run(['validate']);
  expect(validated.exitCode).toBe(2);
  expect(validated.stdout).toContain('a.scenario.yaml:4:');
  expect(validated.stderr).toBe('2 files, 1 not valid');
});

test('-g, --tag and --list choose; when nothing is left, exit code 5', async () => {
  await using folder = await aFolder();
  await folder.write('a.scenario.yaml', share);
  await folder.write('b.scenario.yaml', `tags: [slow]${endless}`);
  const list = async (...args: string[]) => (await folder.run(['test', '--list', ...args])).stdout;
  expect(await list()).toBe(
    'a.scenario.yaml  A share reaches the friend\nb.scenario.yaml  A slow share reaches the friend',
  );
  expect(await list('-g', 'SLOW')).toBe('');
  expect(await list('-g', 'slow')).toMatch(/^b\./);
  expect(await list('--tag', 'slow')).toMatch(/^b\./);
  expect(await folder.run(['test', '-g', 'nothing'])).toMatchObject({
    exitCode: 5,
    stderr: 'None of 2 scenarios matched.',
  });
});

test('an empty folder has nothing to play: exit code 5', async () => {
  await using folder = await aFolder();
  expect((await folder.run(['test'])).exitCode).toBe(5);
  expect((await folder.run(['validate'])).exitCode).toBe(5);
});

test('--format json is one object on stdout', async () => {
  await using folder = await aFolder();
  await folder.write('a.scenario.yaml', failing);
  const { stdout, stderr, exitCode } = await folder.run(['test', '--format', 'json']);
  expect(exitCode).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({
    exit: 1,
    scenarios: [{ file: 'a.scenario.yaml', outcome: 'failed', findings: [{ line: 9 }] }],
  });
  expect(stderr).toContain('1 failed');
});

test('Ctrl-C ends a test run, and leaves nothing', async () => {
  await using folder = await aFolder();
  await folder.write('a.scenario.yaml', share);
  await folder.write('b.scenario.yaml', endless);
  const running = folder.start(['test']);
  await running.line(/^✓/);
  process.kill(running.pid, 'SIGINT');
  const { signal, stderr } = await running.ended;
  expect({ signal, stderr }).toEqual({ signal: 'SIGINT', stderr: 'stopping, press Ctrl-C again to force' });
  await folder.untilEmpty();
});

test('after kill -9 of a test run nothing goes on running', async () => {
  await using folder = await aFolder();
  await folder.write('a.scenario.yaml', share);
  await folder.write('b.scenario.yaml', endless);
  const running = folder.start(['test']);
  await running.line(/^✓/);
  process.kill(running.pid, 'SIGKILL');
  await folder.untilEmpty();
});

test('replay shows each step and ends with the verdict', async () => {
  await using folder = await aFolder();
  await folder.write('a.yaml', failing);
  const { stdout, exitCode } = await folder.run(['replay', 'a.yaml']);
  expect(exitCode).toBe(1);
  expect(stdout).toMatch(/ ▸ A share does not reach the friend$/m);
  expect(stdout).toMatch(/ ✓ alice: .*share.* \d+ ms$/m);
  expect(stdout).toMatch(/ ✗ bob: .*never/m);
  expect(stdout).toMatch(/^a\.yaml:9:\d+ /m);
  await folder.untilEmpty();

  await folder.write('b.yaml', share);
  expect((await folder.run(['replay', 'b.yaml'])).exitCode).toBe(0);
});

test('schema prints a JSON Schema of scenario files', async () => {
  await using folder = await aFolder();
  const { stdout, exitCode } = await folder.run(['schema']);
  expect(exitCode).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ title: 'collab-dev scenario', $defs: { step: {} } });
});
