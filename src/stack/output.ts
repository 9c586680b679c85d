import { closeSync, openSync, writeSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';

/** So many lines of a child's output go into the sentence about its death. */
const keptLines = 32;

/** A line that never ends is cut here, so that a child cannot fill our memory. */
const lineLength = 2000;

/** What a child prints: everything to a file, the last lines in memory without control sequences. */
export interface Output extends Disposable {
  write(chunk: Buffer): void;
  /** Where it goes from now on; undefined: nowhere. */
  moveTo(file: string | undefined): void;
  lastLines(): readonly string[];
  /** Resolves when it has printed a line that contains the text, from now on. */
  printed(text: string): Promise<void>;
}

export function output(): Output {
  let file: number | undefined;
  let lines: string[] = [];
  let rest = '';
  const awaited = new Map<string, PromiseWithResolvers<void>>();

  const look = (line: string): void => {
    if (awaited.size === 0) return;
    const said = plain(line);
    for (const [text, { resolve }] of awaited) if (said.includes(text)) resolve();
  };
  const close = () => {
    if (file !== undefined) closeSync(file);
    file = undefined;
  };

  return {
    write(chunk) {
      // A log that cannot be written must not stop its writer, nor us.
      try {
        if (file !== undefined) writeSync(file, chunk);
      } catch {}
      const [first = '', ...more] = chunk.toString('utf8').split('\n');
      rest = (rest + first).slice(0, lineLength);
      look(rest);
      for (const line of more) {
        lines.push(rest);
        rest = line.slice(0, lineLength);
        look(rest);
      }
      lines = lines.slice(-keptLines);
    },
    moveTo(next) {
      close();
      lines = [];
      rest = '';
      if (next !== undefined) file = openSync(next, 'a', 0o600);
    },
    lastLines: () =>
      [...lines, rest]
        .map((line) => plain(line))
        .filter((line) => line.trim() !== '')
        .slice(-keptLines),
    printed(text) {
      const one = awaited.get(text) ?? Promise.withResolvers<void>();
      awaited.set(text, one);
      return one.promise;
    },
    [Symbol.dispose]: close,
  };
}

/** Text that moves no cursor and rings no bell. */
export function plain(line: string): string {
  return stripVTControlCharacters(line).replace(/\p{Cc}/gu, (control) => (control === '\t' ? ' ' : ''));
}
