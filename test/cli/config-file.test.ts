import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { expect, test, vi } from 'vitest';
import { z } from 'zod';
import { aFolder, bin, commandTestMs } from './rig.ts';

vi.setConfig({ testTimeout: 2 * commandTestMs });

const described = z.object({
  config: z.string().nullable(),
  up: z.object({ topology: z.string(), users: z.array(z.string()), tls: z.boolean() }),
  from: z.record(z.string(), z.string()),
});

test('config finds the file above, and says what counts and where it comes from', async () => {
  await using folder = await aFolder();
  await folder.write('collab-dev.yaml', 'users: [dora, emil]\ntopology: direct\ntls: true\n');
  await folder.write('other.yaml', 'users: [fritz]\n');
  await mkdir(join(folder.path, 'deep/down'), { recursive: true });
  const config = async (args: string[], env = {}) => {
    const where = ['-c', `cd deep/down && exec '${process.execPath}' '${bin}' config "$@"`, 'sh', ...args];
    const { stdout, stderr } = await folder.startOther('sh', where, env).ended;
    expect(stderr).toBe('');
    return stdout;
  };
  const json = async (env = {}, ...args: string[]) =>
    described.parse(JSON.parse(await config(['--format', 'json', ...args], env)));

  const file = join(folder.path, 'collab-dev.yaml');
  expect(await json({ COLLAB_DEV_TLS: '0' })).toMatchObject({
    config: file,
    up: { users: ['dora', 'emil'], topology: 'direct', tls: false },
    from: { users: `${file}:1`, topology: `${file}:2`, tls: 'COLLAB_DEV_TLS', pages: 'default' },
  });
  expect(await config([])).toContain(`  # ${file}:2\n  topology: direct\n`);
  const byVariable = await json({ COLLAB_DEV_CONFIG: '../../other.yaml' });
  expect(byVariable).toMatchObject({ up: { users: ['fritz'], topology: 'relay' } });
  const byFlag = await json({ COLLAB_DEV_CONFIG: '/nowhere' }, '-c', '../../collab-dev.yaml');
  expect(byFlag.up.users).toEqual(['dora', 'emil']);
});

test('what .env sets goes to the commands, and into no file of the run', async () => {
  await using folder = await aFolder();
  await folder.write('.env', 'SECRET=hush-hush\nWHO=a secret friend\n');
  await folder.write(
    'collab-dev.yaml',
    `users: [alice]
ports: auto
tasks: { note: { command: 'echo "$SECRET, \${WHO}, $MINE" > seen.txt', env: { MINE: "\${SECRET}!" } } }
`,
  );
  const up = folder.start(['up', '--no-tui', '--no-pages']);
  await up.line(/^collab-dev is ready/);
  expect(await readFile(join(folder.path, 'seen.txt'), 'utf8')).toBe(
    'hush-hush, a secret friend, hush-hush!\n',
  );

  const files = await readdir(join(folder.path, '.collab-dev'), { recursive: true, withFileTypes: true });
  for (const file of files.filter((one) => one.isFile())) {
    const path = join(file.parentPath, file.name);
    expect([path, /hush-hush|a secret friend/.test(await readFile(path, 'utf8'))]).toEqual([path, false]);
  }
  process.kill(up.pid, 'SIGTERM');
  await up.ended;
  await folder.untilEmpty();
});

test('a scenario names a backend of the file, and a flag puts the simulated one into its place', async () => {
  await using folder = await aFolder();
  await folder.write(
    'collab-dev.yaml',
    `backends: { ours: { command: ['${process.execPath}', '${bin}', backend], ready: { http: /readyz } } }\n`,
  );
  await folder.write(
    'mine.scenario.yaml',
    `scenario: Bob's backend is a command
users: { alice: , bob: { backend: ours } }
friends: everyone
positions: { alice: [berlin-calls] }
steps:
  - alice: { share: berlin-calls, with: bob }
  - bob: { has: berlin-calls }
`,
  );
  const commanded = await folder.run(['test']);
  expect([commanded.stdout, commanded.exitCode]).toEqual([expect.stringMatching(/^✓ Bob's backend/), 0]);
  expect(commanded.stdout).toContain('not checked: bob');
  const simulated = await folder.run(['test', '--backend', 'bob=simulated']);
  expect([simulated.stdout, simulated.exitCode]).toEqual([expect.stringMatching(/^✓ Bob's backend/), 0]);
  expect(simulated.stdout).not.toContain('not checked: bob');

  const misspelt = await folder.run(['test', '--backend', 'bob=our']);
  expect(misspelt).toMatchObject({ exitCode: 2, stdout: '' });
  expect(misspelt.stderr).toContain('no configuration here has a backend "our". Did you mean "ours"?');
  const without = await folder.run(['validate', 'mine.scenario.yaml'], { COLLAB_DEV_CONFIG: 'empty.yaml' });
  expect(without.stderr).toMatch(/There is no file \S+empty\.yaml, which COLLAB_DEV_CONFIG names\./);
  await folder.write('empty.yaml', '');
  const unknown = await folder.run(['validate', 'mine.scenario.yaml', '-c', 'empty.yaml']);
  expect(unknown.stdout).toMatch(/mine\.scenario\.yaml:2:35 "ours" is no backend of your collab-dev\.yaml\./);
});
