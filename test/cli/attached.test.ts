import process from 'node:process';
import { expect, test, vi } from 'vitest';
import { findRun } from '../../src/cli/run-folder.ts';
import { aFolder, commandTestMs } from './rig.ts';

vi.setConfig({ testTimeout: 2 * commandTestMs });

const up = ['up', '-d', '--ports', 'auto', '--no-pages', '--users', 'alice,bob,carol'];

const unmet = `
scenario: Carol gets what nobody shares with her
users: [alice, bob, carol]
friends: [[alice, bob]]
positions: { alice: [berlin-calls] }
steps:
  - cut: { between: [alice, relay], for: 1ms }
  - alice: { share: berlin-calls, with: bob }
  - carol: { receives: position_shared, within: 100ms }
`;

test('attach shows what happens from now on; leaving it changes nothing, and it ends with the stack', async () => {
  await using folder = await aFolder();
  expect(await folder.run([...up, '--name', 'demo'])).toMatchObject({ exitCode: 0 });
  const leaving = folder.start(['attach']);
  const staying = folder.start(['attach', '--run', 'demo']);
  await Promise.all([leaving, staying].map((one) => one.line(/^ {2}stop +collab-dev down --run demo$/)));
  await folder.run(['send', 'share', 'alice', 'berlin-calls', 'bob']);
  await Promise.all([leaving, staying].map((one) => one.line(/alice → bob position_shared .* delivered/)));
  process.kill(leaving.pid, 'SIGINT');
  expect(await leaving.ended).toMatchObject({
    exitCode: 0,
    stderr: expect.stringMatching(/^Run \S+ \(demo\) goes on\.$/),
  });
  expect(await folder.run(['ps'])).toMatchObject({ exitCode: 0 });
  expect((await findRun(folder.path, 'demo')).journals.length).toBe(1);

  await folder.run(['down']);
  expect(await staying.ended).toMatchObject({ exitCode: 0, stderr: 'The stack has stopped.' });
  await folder.untilEmpty();
});

test('replay --attach plays on a stack that was used before, says its verdict, and leaves the stack up', async () => {
  await using folder = await aFolder();
  await folder.write('unmet.yaml', unmet);
  await folder.write('dave.yaml', unmet.replaceAll('bob', 'dave'));
  await folder.write('friends.yaml', unmet.replace('[[alice, bob]]', 'everyone'));
  await folder.run(up);
  await folder.run(['send', 'share', 'alice', 'berlin-calls', 'bob', '--wait']);

  const passed = await folder.run(['replay', '--attach', 'share']);
  expect(passed).toMatchObject({ exitCode: 0, stderr: '', stdout: expect.stringMatching(/: passed$/) });
  const failed = await folder.run(['replay', '--attach', 'unmet.yaml']);
  expect(failed).toMatchObject({ exitCode: 1, stderr: '' });
  expect(failed.stdout).toContain('unmet.yaml:9:14 carol has not received position_shared');
  expect(await folder.run(['fault', 'list'])).toMatchObject({ exitCode: 0, stdout: '' });

  expect(await folder.run(['replay', '--attach', 'dave.yaml'])).toMatchObject({
    exitCode: 2,
    stdout: '',
    stderr: expect.stringContaining('this stack has no dave'),
  });
  expect(await folder.run(['replay', '--attach', 'friends.yaml'])).toMatchObject({
    exitCode: 2,
    stdout: '',
    stderr: expect.stringContaining('alice and carol and bob and carol are no friends on this stack'),
  });
  expect(await folder.run(['replay', '--run', 'x', 'share'])).toMatchObject({ exitCode: 2, stdout: '' });
  expect(await folder.run(['down'])).toMatchObject({ exitCode: 0, stderr: '' });
  expect(await folder.processes()).toEqual([]);
});

test('test --keep leaves the stack of the first that does not pass, to look at and to act on', async () => {
  await using folder = await aFolder();
  await folder.write('unmet.yaml', unmet);
  const tested = await folder.run(['test', '--keep', 'share', 'unmet.yaml', 'comment']);
  expect(tested).toMatchObject({ exitCode: 1, stderr: '' });
  expect(tested.stdout).toMatch(/^1 passed, 1 failed in /m);
  const [, id = ''] = /^Its stack is up: collab-dev attach --run (\S+)$/m.exec(tested.stdout) ?? [];
  expect(id).toMatch(/\/02-unmet$/);

  const ps = await folder.run(['ps']);
  expect(ps.stdout).toContain(`run ${id}  ready`);
  expect(await folder.run(['send', 'comment', 'bob', 'berlin-calls', 'Still here', '--wait'])).toMatchObject({
    exitCode: 0,
  });
  expect((await folder.run(['explain', 'last'])).stdout).toMatch(/^alice: delivered$/m);
  expect(await folder.run(['down', '--run', id])).toMatchObject({ exitCode: 0, stderr: '' });
  expect(await folder.processes()).toEqual([]);

  const fine = await folder.run(['test', '--keep', 'share', '--format', 'json']);
  expect(fine.exitCode).toBe(0);
  expect(JSON.parse(fine.stdout)).toMatchObject({ exit: 0, scenarios: [{ outcome: 'passed' }] });
  expect(await folder.processes()).toEqual([]);
});

test('whoever ends test --keep before there is a verdict leaves no stack', async () => {
  await using folder = await aFolder();
  await folder.write(
    'long.yaml',
    `${unmet.trim().replace('100ms', '50s')}\n`.replace('\nusers', '\ntimeout: 1m\nusers'),
  );
  for (const signal of ['SIGKILL', 'SIGTERM'] as const) {
    const running = folder.start(['test', '--keep', 'long.yaml']);
    await folder.untilRunning(/host\.js/);
    process.kill(running.pid, signal);
    await running.ended;
    await folder.untilEmpty();
  }
});
