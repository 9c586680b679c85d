import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { StringDecoder } from 'node:string_decoder';
import { openIfThere } from '../journal/open-if-there.ts';
import { Problem } from '../problem.ts';
import { didYouMean, listed } from '../scenario/nearest.ts';
import { plain } from '../stack/output.ts';

/** What one process has printed, and goes on to print. */
export interface LogFile {
  readonly name: string;
  readonly path: string;
}

/** The supervisor's own log lies beside those of what it runs. */
const supervisor = 'supervisor';

/** Every log of a run, by the names of its processes. */
export async function logsOf(runFolder: string): Promise<readonly LogFile[]> {
  const folder = join(runFolder, 'logs');
  const files = (await readdir(folder).catch((): string[] => [])).filter((file) => file.endsWith('.log'));
  const logs = files.toSorted().map((file) => ({ name: file.slice(0, -4), path: join(folder, file) }));
  return [...logs, { name: supervisor, path: join(runFolder, 'supervisor.log') }];
}

/** The logs of these names; without any, all. @throws Problem where one is of nobody */
export function logsNamed(logs: readonly LogFile[], names: readonly string[]): readonly LogFile[] {
  const known = logs.map(({ name }) => name);
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) throw noLog(unknown, known);
  return names.length === 0 ? logs : logs.filter(({ name }) => names.includes(name));
}

const lookBytes = 256 * 1024;

/** Reads a log line by line; each read answers what has come since, in whole lines. */
export function logReader({ path }: LogFile) {
  let decoder = new StringDecoder('utf8');
  let position = 0;
  let rest = '';
  return {
    async read(): Promise<string[]> {
      await using handle = await openIfThere(path);
      if (!handle) return [];
      const { size } = await handle.stat();
      // A log that has become shorter is another one.
      if (size < position) {
        position = 0;
        rest = '';
        decoder = new StringDecoder('utf8');
      }
      const lines: string[] = [];
      while (position < size) {
        const length = Math.min(lookBytes, size - position);
        const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(length), 0, length, position);
        if (bytesRead === 0) break;
        position += bytesRead;
        const [begun = '', ...more] = decoder.write(buffer.subarray(0, bytesRead)).split('\n');
        rest += begun;
        for (const line of more) {
          lines.push(plain(rest));
          rest = line;
        }
      }
      return lines;
    },
    /** What was printed last, without the end of its line. */
    rest: (): string[] => (rest === '' ? [] : [plain(rest)]),
  };
}

const noLog = (name: string, known: readonly string[]) =>
  new Problem({
    code: 'no-such-log',
    message: `Nothing in this run is called "${name}".${didYouMean(name, known)}`,
    hint: `There are ${listed(known)}.`,
    exit: 2,
  });
