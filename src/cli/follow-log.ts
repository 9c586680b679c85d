import type { FileHandle } from 'node:fs/promises';
import { StringDecoder } from 'node:string_decoder';
import { openIfThere } from '../journal/open-if-there.ts';
import { plain } from '../stack/output.ts';

const keptLines = 500;
/** A longer line is cut, so that a log without line ends costs no more than one with them. */
const lineLength = 2000;
/** Of what was written since the last look, only so much of the end is read. */
const lookBytes = 64 * 1024;
const lookEveryMs = 250;

/**
 * Shows the last lines of a log that grows, and again whenever there are more: bounded, without control sequences, and
 * only what is new is read. A file that does not exist yet is empty. Returns its own off switch.
 */
export function followLog(file: string, listener: (lines: readonly string[]) => void): () => void {
  const lines = keptLog();
  const stop = new AbortController();
  let position = 0;
  let first = true;
  let looking = false;

  async function look(): Promise<void> {
    await using handle = await openIfThere(file);
    const size = handle ? (await handle.stat()).size : 0;
    // A log that has become shorter is another one.
    if (size < position) {
      position = 0;
      lines.clear();
    }
    const grown = size > position;
    if (handle && grown) {
      const from = Math.max(position, size - lookBytes);
      if (from > position) lines.clear();
      position = from + (await lines.read(handle, from, size - from));
    }
    if ((grown || first) && !stop.signal.aborted) listener(lines.shown());
    first = false;
  }

  function lookAgain(): void {
    if (looking) return;
    looking = true;
    // A log that cannot be read shows what was read before.
    look()
      .catch(() => {})
      .finally(() => {
        looking = false;
      });
  }

  lookAgain();
  const timer = setInterval(lookAgain, lookEveryMs).unref();
  return () => {
    stop.abort();
    clearInterval(timer);
  };
}

/** The last lines of a stream of bytes. */
function keptLog() {
  let decoder = new StringDecoder('utf8');
  let lines: string[] = [];
  let rest = '';
  return {
    clear() {
      decoder = new StringDecoder('utf8');
      lines = [];
      rest = '';
    },
    /** Takes so many bytes from a place on; answers how many there were. */
    async read(handle: FileHandle, from: number, length: number): Promise<number> {
      const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(length), 0, length, from);
      const [begun = '', ...more] = decoder.write(buffer.subarray(0, bytesRead)).split('\n');
      rest += begun;
      for (const line of more) {
        lines.push(rest.slice(0, lineLength));
        rest = line;
      }
      rest = rest.slice(0, lineLength);
      lines = lines.slice(-keptLines);
      return bytesRead;
    },
    shown: (): readonly string[] => [...lines, ...(rest === '' ? [] : [rest])].map(plain),
  };
}
