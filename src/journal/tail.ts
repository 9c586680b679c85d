import type { FileHandle } from 'node:fs/promises';
import { type JournalLine, readLine } from './lines.ts';
import { openIfThere } from './open-if-there.ts';

/** A file that grows, read from where the last read ended. */
export interface Tail extends AsyncDisposable {
  /**
   * What was added since the last read, in whole lines, a megabyte at most; `more` says that there is more by now. A
   * file that does not exist yet is empty. One read at a time.
   */
  read(): Promise<{ readonly lines: readonly JournalLine[]; readonly more: boolean }>;
}

const chunkBytes = 1024 * 1024;
const newline = 0x0a;

export function tail(file: string): Tail {
  let handle: FileHandle | undefined;
  let position = 0;
  /** The line that is not complete yet. */
  let rest = Buffer.alloc(0);

  return {
    async read() {
      handle ??= await openIfThere(file);
      if (!handle) return { lines: [], more: false };
      const size = (await handle.stat()).size - position;
      if (size <= 0) return { lines: [], more: false };
      const wanted = Math.min(size, chunkBytes);
      const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(wanted), 0, wanted, position);
      position += bytesRead;
      const bytes = Buffer.concat([rest, buffer.subarray(0, bytesRead)]);
      const end = bytes.lastIndexOf(newline) + 1;
      rest = Buffer.from(bytes.subarray(end));
      const lines = bytes
        .toString('utf8', 0, end)
        .split('\n')
        .filter((text) => text !== '')
        .map(readLine);
      return { lines, more: bytesRead < size };
    },
    async [Symbol.asyncDispose]() {
      await handle?.close();
    },
  };
}
