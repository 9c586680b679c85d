import { appendFile, mkdtempDisposable, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { followLog } from '../../src/cli/follow-log.ts';

/** A log that is followed, and what was shown of it. */
async function aLog() {
  const folder = await mkdtempDisposable(join(tmpdir(), 'collab-dev-log-'));
  const file = join(folder.path, 'bob.log');
  const shown: (readonly string[])[] = [];
  let changed = Promise.withResolvers<void>();
  let off = (): void => {};
  return {
    file,
    shown,
    follow() {
      off = followLog(file, (lines) => {
        shown.push(lines);
        changed.resolve();
        changed = Promise.withResolvers();
      });
    },
    async until(holds: (lines: readonly string[]) => boolean) {
      for (;;) {
        const last = shown.at(-1);
        if (last && holds(last)) return last;
        await changed.promise;
      }
    },
    async [Symbol.asyncDispose]() {
      off();
      await folder.remove();
    },
  };
}

test('a log that does not exist yet is empty, and is followed once it does', async () => {
  await using log = await aLog();
  log.follow();
  expect(await log.until(() => true)).toEqual([]);
  await writeFile(log.file, 'one\ntw');
  expect(await log.until((lines) => lines.length === 2)).toEqual(['one', 'tw']);
  await appendFile(log.file, 'o\nthree\n');
  expect(await log.until((lines) => lines.length === 3)).toEqual(['one', 'two', 'three']);
});

test('control sequences do not get through, whole or cut off', async () => {
  await using log = await aLog();
  await writeFile(log.file, '\u001b[31mred\u001b[0m\u001b[2J\u0007\nback\rward\u009b5A\n\u001b]0;title');
  log.follow();
  const lines = await log.until((seen) => seen.length > 0);
  expect(lines.join('')).toMatch(/^red/);
  expect(lines.join('')).not.toMatch(/\p{Cc}/u);
});

test('of a huge log the end is shown, bounded, and a log that begins anew begins anew', async () => {
  await using log = await aLog();
  const many = Array.from({ length: 50_000 }, (_, n) => `line ${n}`);
  await writeFile(log.file, `${many.join('\n')}\n`);
  log.follow();
  const lines = await log.until((seen) => seen.length > 0);
  expect(lines.length).toBeLessThanOrEqual(500);
  expect(lines.at(-1)).toBe('line 49999');
  await writeFile(log.file, 'again\n');
  expect(await log.until((seen) => seen.length === 1)).toEqual(['again']);
  await appendFile(log.file, 'x'.repeat(60_000));
  expect((await log.until((seen) => seen.length === 2)).at(-1)).toHaveLength(2000);
});
