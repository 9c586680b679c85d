import { once } from 'node:events';
import { mkdir, mkdtempDisposable, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { checkFiles, checkNode, checkTemporary } from '../../src/cli/doctor/check-machine.ts';
import { programOf } from '../../src/cli/doctor/check-programs.ts';
import { checkRuns } from '../../src/cli/doctor/check-runs.ts';
import { aFolder } from './rig.ts';

const folder = await aFolder();
afterAll(() => folder[Symbol.asyncDispose]());

const answer = z.object({
  exit: z.number(),
  checks: z.array(
    z.object({
      name: z.string(),
      state: z.enum(['ok', 'warning', 'failure']),
      message: z.string(),
      hint: z.string().optional(),
    }),
  ),
});

test('where nothing is in the way it says so, a sentence for each thing', async () => {
  await folder.write('fine.yaml', 'ports: auto\ntasks: { greet: { command: [sh, -c, echo hello] } }\n');
  const { stdout, stderr, exitCode } = await folder.run(['doctor', '-c', 'fine.yaml']);
  expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
  for (const line of stdout.split('\n')) expect(line).toMatch(/^[✓!] .*\.$|^ {2}\S/);
  for (const sentence of [
    /^✓ Node v/m,
    /fine\.yaml is valid\.$/m,
    /Any free ports/,
    /The task greet starts \S+\/sh\.$/m,
  ])
    expect(stdout).toMatch(sentence);
});

test('a port that is held is named with who holds it, and a program that is missing with who wants it', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  try {
    await folder.write(
      'held.yaml',
      `users: [alice]\nservices: { database: { command: no-such-database --fast, ready: { tcp: ${port} } } }\n`,
    );
    const { stdout, exitCode } = await folder.run(['doctor', '-c', 'held.yaml', '--format', 'json']);
    const { exit, checks } = answer.parse(JSON.parse(stdout));
    expect([exit, exitCode]).toEqual([3, 3]);
    expect(checks).toContainEqual(
      expect.objectContaining({
        name: 'ports',
        state: 'failure',
        message: expect.stringContaining(`Port ${port}, for database, is held by process ${process.pid} (`),
      }),
    );
    expect(checks).toContainEqual(
      expect.objectContaining({
        name: 'programs',
        state: 'failure',
        message: 'The service database starts no-such-database, and there is no such program.',
      }),
    );
  } finally {
    server.close();
  }
});

test('a configuration that is not valid is said with all its complaints, and exits with 2', async () => {
  await folder.write('bad.yaml', 'users: [alice]\ntopolgy: direct\n');
  const { stdout, exitCode } = await folder.run(['doctor', '-c', 'bad.yaml']);
  expect(exitCode).toBe(2);
  expect(stdout).toMatch(
    /^✗ bad\.yaml:2:1 "topolgy" is not a key of a configuration\. Did you mean "topology"\?$/m,
  );
});

describe('what it looks at', () => {
  test('a Node that is too old, and a shell that lets too few files be open', () => {
    expect(checkNode('v24.0.0', '>=24').state).toBe('ok');
    expect(checkNode('v22.9.0', '>=24')).toMatchObject({
      state: 'failure',
      message: expect.stringMatching(/too old/),
    });
    const limits = (soft: string) =>
      `Limit  Soft\nMax open files            ${soft}                 4096  files\n`;
    expect(checkFiles(limits('256'), 3).state).toBe('ok');
    expect(checkFiles(limits('unlimited'), 200).state).toBe('ok');
    expect(checkFiles(limits('256'), 50)).toMatchObject({
      state: 'warning',
      hint: expect.stringMatching(/ulimit -n 928/),
    });
    expect(checkFiles(undefined, 3).state).toBe('ok');
  });

  test('a folder whose name is too long for a socket', async () => {
    await using temporary = await mkdtempDisposable(join(tmpdir(), 'doctor-'));
    const long = join(temporary.path, 'x'.repeat(120));
    await mkdir(long);
    expect(await checkTemporary('/short', temporary.path)).toMatchObject({ state: 'ok' });
    expect(await checkTemporary(long, temporary.path)).toMatchObject({
      state: 'ok',
      message: expect.stringMatching(/name of this folder/),
    });
    expect(await checkTemporary(long, long)).toMatchObject({
      state: 'failure',
      message: expect.stringMatching(/fits neither/),
    });
    expect(await checkTemporary('/short', join(long, 'nowhere'))).toMatchObject({ state: 'failure' });
  });

  test('a run that was killed and has left its socket', async () => {
    await using other = await mkdtempDisposable(join(tmpdir(), 'doctor-'));
    expect(await checkRuns(other.path)).toMatchObject({ state: 'ok' });
    const run = join(other.path, '.collab-dev/runs/20261122-120000-0a1b2c');
    await mkdir(run, { recursive: true });
    await writeFile(join(run, 'control.sock'), '');
    expect(await checkRuns(other.path)).toMatchObject({
      state: 'warning',
      message: expect.stringMatching(/20261122-120000-0a1b2c/),
    });
  });

  test.each([
    ['uvicorn app:app --port $PORT', 'uvicorn'],
    ['./run --now', './run'],
    [['python3', 'app.py'], 'python3'],
    ['LEVEL=info ./run', undefined],
    ['cd web && npm run dev', undefined],
    ['$RUNNER x', undefined],
  ] as const)('the program of %j', (command, expected) => {
    expect(programOf(command)).toBe(expected);
  });
});
