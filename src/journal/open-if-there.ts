import { type FileHandle, open } from 'node:fs/promises';

/** Opens a file for reading; undefined where its writer has not made it yet. */
export async function openIfThere(file: string): Promise<FileHandle | undefined> {
  try {
    return await open(file, 'r');
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return undefined;
    throw thrown;
  }
}
