import { mkdir, readdir, readlink, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ownMark } from '../../src/stack/processes.ts';
import {
  createRunFolder,
  forgetUnstarted,
  readStackFile,
  writeStackFile,
} from '../../src/stack/run-folder.ts';
import { temporaryFolder } from './rig.ts';

const second = (n: number) => new Date(Date.UTC(2026, 10, 22, 13, 0, n));

test('a run folder is its owner’s alone, sorts by time, and is the latest', async () => {
  await using project = await temporaryFolder();
  const first = await createRunFolder(project.path, second(1));
  const next = await createRunFolder(project.path, second(2));
  expect(first.id).toMatch(/^20261122-130001-[0-9a-f]{6}$/);
  expect(first.id < next.id).toBe(true);
  expect((await stat(next.path)).mode & 0o777).toBe(0o700);
  expect(await readlink(join(project.path, '.collab-dev/runs/latest'))).toBe(next.id);
});

test('the newest 20 runs are kept, and older ones whose owner still runs', async () => {
  await using project = await temporaryFolder();
  const runs = [];
  for (let n = 0; n < 20; n += 1) runs.push(await createRunFolder(project.path, second(n)));
  const [alive, dead] = runs;
  const facts = { run_id: 'x', started_at: '', relay_url: '', users: [], processes: [] };
  await writeStackFile(alive?.path ?? '', { ...facts, owner: await ownMark() });
  await writeStackFile(dead?.path ?? '', { ...facts, owner: { pid: 1, started: 'long ago' } });
  await mkdir(join(project.path, '.collab-dev/runs/notes'));
  runs.push(await createRunFolder(project.path, second(30)));
  runs.push(await createRunFolder(project.path, second(31)));
  const kept = (await readdir(join(project.path, '.collab-dev/runs'))).sort();
  expect(kept).toEqual([...runs.map(({ id }) => id).filter((id) => id !== dead?.id), 'latest', 'notes']);
  expect((await readStackFile(alive?.path ?? ''))?.run_id).toBe('x');
  expect(await readStackFile(dead?.path ?? '')).toBeUndefined();
});

test('a run that was refused is forgotten, and the latest is the one before it', async () => {
  await using project = await temporaryFolder();
  const runs = join(project.path, '.collab-dev/runs');
  const started = await createRunFolder(project.path, second(1));
  await mkdir(join(started.path, 'journal'));
  const refused = await createRunFolder(project.path, second(2));
  await forgetUnstarted(refused);
  expect((await readdir(runs)).sort()).toEqual([started.id, 'latest']);
  expect(await readlink(join(runs, 'latest'))).toBe(started.id);
  await forgetUnstarted(started);
  expect(await readlink(join(runs, 'latest'))).toBe(started.id);
});
