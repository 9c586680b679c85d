import { mkdir, mkdtempDisposable, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findRun } from '../../src/cli/run-folder.ts';

test('without an id the newest run counts in which anything was started', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'collab-runs-'));
  const runs = join(folder.path, '.collab-dev/runs');
  await mkdir(join(runs, '20261122-120000-aaaaaa/journal'), { recursive: true });
  await mkdir(join(runs, '20261122-130000-bbbbbb/journal'), { recursive: true });
  // This one was refused: a port was taken.
  await mkdir(join(runs, '20261122-140000-cccccc'));
  await symlink('20261122-140000-cccccc', join(runs, 'latest'));

  expect((await findRun(folder.path, undefined)).id).toBe('20261122-130000-bbbbbb');
  expect((await findRun(folder.path, '20261122-12')).id).toBe('20261122-120000-aaaaaa');
  await expect(findRun(folder.path, 'latest')).rejects.toMatchObject({ code: 'no-journal' });
  await expect(findRun(folder.path, '2025')).rejects.toMatchObject({ code: 'no-such-run' });
});
