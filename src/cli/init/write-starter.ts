import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { messageOf, Problem } from '../../problem.ts';
import { type StarterFile, starterFiles } from './templates.ts';

export interface WrittenFile {
  readonly path: string;
  readonly is: 'written' | 'replaced' | 'there already';
}

/**
 * Writes what a project begins with. A file that is there already stays as it is, unless `force`.
 * @throws Problem where the folder cannot be written to
 */
export async function writeStarter(folder: string, force: boolean): Promise<readonly WrittenFile[]> {
  const done: WrittenFile[] = [];
  for (const file of starterFiles(existsSync(join(folder, 'package-lock.json')))) {
    done.push({ path: file.path, is: await write(folder, file, force) });
  }
  return done;
}

async function write(
  folder: string,
  { path, text }: StarterFile,
  force: boolean,
): Promise<WrittenFile['is']> {
  const target = join(folder, path);
  const there = existsSync(target);
  try {
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, text, { flag: force ? 'w' : 'wx' });
    return there ? 'replaced' : 'written';
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST' && there) return 'there already';
    throw cannotWrite(target, error);
  }
}

const cannotWrite = (path: string, cause: unknown) =>
  new Problem({
    code: 'cannot-write',
    message: `${path} cannot be written: ${messageOf(cause)}`,
    cause,
    exit: 2,
  });
