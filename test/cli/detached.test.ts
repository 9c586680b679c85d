import { readdir, readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, test, vi } from 'vitest';
import { z } from 'zod';
import { choosePort } from '../../src/stack/choose-port.ts';
import { startTimeOf } from '../../src/stack/processes.ts';
import { aFolder, commandTestMs } from './rig.ts';

vi.setConfig({ testTimeout: commandTestMs });

type Folder = Awaited<ReturnType<typeof aFolder>>;

const started = z.object({
  run_id: z.string(),
  pid: z.int(),
  processes: z.array(z.object({ name: z.string(), pid: z.int(), url: z.string().optional() })),
});
const psOutput = z.object({ runs: z.array(started) });

/** Starts a stack that stays; answers what it said. */
async function upDetached(folder: Folder, ...args: string[]) {
  const up = await folder.run(['up', '-d', '--ports', 'auto', '--no-pages', '--format', 'json', ...args]);
  expect(up).toMatchObject({ exitCode: 0, stderr: '' });
  return started.parse(JSON.parse(up.stdout));
}

/** Which of them run; one that has ended, and whose parent has not asked yet, does not. */
async function running(pids: readonly number[]): Promise<number[]> {
  const times = await Promise.all(pids.map(startTimeOf));
  return pids.filter((_, index) => times[index] !== undefined);
}

/** A killed process may take a moment to be gone. */
async function untilGone(pids: readonly number[]): Promise<void> {
  const end = performance.now() + 15_000;
  for (;;) {
    const left = await running(pids);
    if (left.length === 0) return;
    if (performance.now() > end) throw new Error(`Still there: ${left.join(', ')}`);
    await wait(20);
  }
}

/** Starts alice alone on ports of a base that is free now; whoever takes one of them meanwhile makes it look further. */
async function onFixedPorts(folder: Folder, ...args: string[]) {
  for (let tries = 1; ; tries += 1) {
    const relay = await choosePort('127.0.0.1', new Set(), 'the relay');
    const fixed = ['up', '-d', '--no-pages', '--users', 'alice', '--port-base', String(relay - 1000)];
    const first = await folder.run([...fixed, ...args]);
    if (first.exitCode === 0 || tries === 5) return { fixed, first };
  }
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address ? address.port : 0;
}

test('up -d returns when everything is ready, ps shows it, and down leaves no process', async () => {
  await using folder = await aFolder();
  const up = await folder.run(['up', '-d', '--ports', 'auto', '--users', 'alice,bob']);
  expect(up).toMatchObject({ exitCode: 0, stderr: '' });
  expect(up.stdout).toMatch(/^collab-dev is ready in \d+ ms, run \d{8}-\d{6}-\w+$/m);
  expect(up.stdout).toMatch(/^ {2}stop +collab-dev down$/m);

  const ps = await folder.run(['ps']);
  expect(ps).toMatchObject({ exitCode: 0, stderr: '' });
  expect(ps.stdout).toMatch(/^NAME +ROLE +STATE +PID +URL +UP +RESTARTS$/m);
  expect(ps.stdout).toMatch(/^bob +backend +ready +\d+ +http:\S+ +\d+ s +0$/m);
  const json = psOutput.parse(JSON.parse((await folder.run(['ps', '--format', 'json'])).stdout));
  const pids = json.runs.flatMap((run) => [run.pid, ...run.processes.map(({ pid }) => pid)]);
  expect(pids.length).toBe(6);
  expect(await running(pids)).toEqual(pids);

  const down = await folder.run(['down']);
  expect(down).toMatchObject({ exitCode: 0, stderr: '' });
  expect(down.stdout).toMatch(/^Run \S+ has stopped; none of its 6 processes is left\.$/);
  expect(await running(pids)).toEqual([]);
  expect(await folder.processes()).toEqual([]);
  const again = await folder.run(['down']);
  expect(again).toMatchObject({ exitCode: 0, stdout: '', stderr: 'Nothing runs in this folder.' });
  expect(await folder.run(['ps'])).toMatchObject({ exitCode: 2, stdout: '' });
});

test('a start that fails says why, and leaves nothing', async () => {
  await using folder = await aFolder();
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const port = portOf(server);
  // The relay's port of such a base is held.
  const up = await folder.run(['up', '-d', '--port-base', String(port - 1000)]);
  server.close();
  expect(up).toMatchObject({ exitCode: 3, stdout: '' });
  expect(up.stderr).toContain(`Port ${port}, for the relay, is held by process ${process.pid}`);
  expect(await readdir(join(folder.path, '.collab-dev/runs'))).toEqual([]);
  expect(await folder.processes()).toEqual([]);
});

test('a second up on the same ports names what is up; several are told apart by id and name', async () => {
  await using folder = await aFolder();
  const { fixed, first } = await onFixedPorts(folder, '--name', 'one');
  expect(first).toMatchObject({ exitCode: 0, stderr: '' });
  const second = await folder.run(fixed);
  expect(second).toMatchObject({ exitCode: 3, stdout: '' });
  expect(second.stderr).toMatch(/is held by process \d+/);
  expect(second.stderr).toContain('(one) is up in this folder');
  for (const way of ['collab-dev attach', 'collab-dev down', '--ports auto'])
    expect(second.stderr).toContain(way);

  const two = await upDetached(folder, '--users', 'alice', '--name', 'two');
  const which = await folder.run(['ps']);
  expect(which).toMatchObject({ exitCode: 2, stdout: '' });
  expect(which.stderr).toMatch(/^2 stacks run in this folder:\n {2}\S+ \(one\)\n {2}\S+ \(two\)$/m);
  const taken = await folder.run(['up', '-d', '--ports', 'auto', '--name', 'two']);
  expect(taken).toMatchObject({ exitCode: 2, stdout: '' });
  const typo = await folder.run(['ps', '--run', 'tow']);
  expect(typo.stderr).toContain('Did you mean "two"?');
  const all = psOutput.parse(JSON.parse((await folder.run(['ps', '--all', '--format', 'json'])).stdout));
  expect(all.runs.length).toBe(2);
  const byName = psOutput.parse(
    JSON.parse((await folder.run(['ps', '--run', 'two', '--format', 'json'])).stdout),
  );
  expect(byName.runs[0]?.run_id).toBe(two.run_id);
  const down = await folder.run(['down', '--all']);
  expect(down.stdout.split('\n').length).toBe(2);
  expect(await folder.processes()).toEqual([]);
});

test('when the supervisor is killed its children end, and down cleans up what it left', async () => {
  await using folder = await aFolder();
  const up = await upDetached(folder, '--users', 'alice,bob');
  process.kill(up.pid, 'SIGKILL');
  // Nobody asks them to: their channels have closed.
  await untilGone(up.processes.map(({ pid }) => pid));
  expect(await folder.run(['ps'])).toMatchObject({
    exitCode: 3,
    stdout: `run ${up.run_id}  dead: its supervisor was killed`,
    stderr: '"collab-dev down" cleans up what is dead.',
  });
  expect(await folder.run(['send', 'share', 'alice', 'berlin-calls', 'bob'])).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining(`Of ${up.run_id} the supervisor was killed: "collab-dev down" cleans up`),
  });
  const told = await folder.run(['ps', '--all', '--format', 'json']);
  expect(JSON.parse(told.stdout)).toMatchObject({ runs: [{ run_id: up.run_id, phase: 'dead' }] });
  const path = join(folder.path, '.collab-dev/runs', up.run_id);
  expect(await readdir(path)).toContain('control.sock');
  const down = await folder.run(['down']);
  expect(down).toMatchObject({ exitCode: 0, stderr: '' });
  expect(down.stdout).toContain('had lost its supervisor; nothing of it ran any more');
  const left = await readdir(path);
  expect(left).not.toContain('control.sock');
  expect(left).not.toContain('secrets');
  expect(await readFile(join(path, 'settings.json'), 'utf8')).toContain(up.run_id);
  expect(await folder.run(['ps'])).toMatchObject({ exitCode: 2, stdout: '' });
});

const phases = z.object({
  runs: z.array(
    z.object({
      pid: z.int(),
      phase: z.string(),
      processes: z.array(z.object({ name: z.string(), pid: z.int().optional() })),
    }),
  ),
});

test('a stack that is stopped during its start is shown as stopping, however long a command takes', async () => {
  await using folder = await aFolder();
  const endless = `trap '' TERM; echo here; while :; do sleep 0.1; done`;
  const task = { command: endless, stop: { grace: '2m' } };
  await folder.write('collab-dev.yaml', JSON.stringify({ users: ['alice'], ports: 'auto', tasks: { task } }));
  const up = folder.start(['up', '-d', '--no-pages']);
  const until = async (isSo: (run: z.infer<typeof phases>['runs'][number]) => boolean) => {
    for (;;) {
      const { stdout } = await folder.run(['ps', '--format', 'json']);
      const [found] = stdout === '' ? [] : phases.parse(JSON.parse(stdout)).runs;
      if (found && isSo(found)) return found;
      await wait(50);
    }
  };
  const pidOf = (run: z.infer<typeof phases>['runs'][number]) =>
    run.processes.find(({ name }) => name === 'task')?.pid;
  const log = join(folder.path, '.collab-dev/runs/latest/logs/task.log');
  // Before that its shell has not yet been told what to ignore.
  while ((await readFile(log, 'utf8').catch(() => '')) === '') await wait(20);
  const starting = await until((run) => pidOf(run) !== undefined);
  expect(starting.phase).toBe('starting');
  process.kill(starting.pid, 'SIGTERM');
  const pid = pidOf(await until(({ phase }) => phase === 'stopping'));
  if (pid === undefined) throw new Error('The task has ended.');
  process.kill(-pid, 'SIGKILL');
  expect(await up.ended).toMatchObject({ exitCode: 0 });
  await folder.untilEmpty();
});

test('a supervisor that does not answer is killed with all that it runs', async () => {
  await using folder = await aFolder();
  const up = await upDetached(folder, '--users', 'alice');
  process.kill(up.pid, 'SIGSTOP');
  const down = await folder.run(['down', '--format', 'json']);
  expect(JSON.parse(down.stdout)).toMatchObject({ runs: [{ run: up.run_id, how: 'killed' }] });
  await untilGone([up.pid, ...up.processes.map(({ pid }) => pid)]);
});

test('whoever is killed while it starts a stack leaves nothing of it', async () => {
  await using folder = await aFolder();
  const up = folder.start(['up', '-d', '--ports', 'auto']);
  await folder.untilRunning(/supervisor\.js/);
  process.kill(up.pid, 'SIGKILL');
  await up.ended;
  await folder.untilEmpty();
});
