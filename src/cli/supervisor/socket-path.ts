import { mkdtemp, readlink, rm, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { messageOf } from '../../problem.ts';

/** `sun_path` holds 108 bytes with its closing NUL on Linux, 104 on macOS; a longer path is cut off in silence. */
export const longestSocketPath = 103;

const nameInFolder = (folder: string): string => join(folder, 'control.sock');

/** Where a supervisor listens, and what it leaves in the run folder so that views find it. */
export interface ControlAddress extends AsyncDisposable {
  readonly path: string;
}

/** A run folder with a long name keeps only a link: the socket then lies in a private folder of the temporary one. */
export async function makeControlAddress(folder: string, temporary: string): Promise<ControlAddress> {
  const direct = nameInFolder(folder);
  if (Buffer.byteLength(direct) <= longestSocketPath) {
    return { path: direct, [Symbol.asyncDispose]: () => rm(direct, { force: true }) };
  }
  const elsewhere = await mkdtemp(join(temporary, 'collab-dev-'));
  const path = join(elsewhere, 'control.sock');
  await symlink(path, direct);
  return {
    path,
    async [Symbol.asyncDispose]() {
      await rm(direct, { force: true });
      await rm(dirname(path), { recursive: true, force: true });
    },
  };
}

/** The path to dial for the control socket of a run folder. */
export async function findControlAddress(folder: string): Promise<string> {
  const direct = nameInFolder(folder);
  try {
    return await readlink(direct);
  } catch (error) {
    // Not a link (EINVAL): the socket itself, which is the usual case.
    if (/EINVAL|ENOENT/.test(messageOf(error))) return direct;
    throw error;
  }
}
