import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { glob } from 'tinyglobby';
import { describe, expect, test } from 'vitest';
import { readSource } from './rig/imports.ts';
import { complaints } from './rig/rooms.ts';

const src = join(import.meta.dirname, '../src');

test('every file of src/ imports only what its room may import', async () => {
  const files = (await glob('**/*.{ts,tsx}', { cwd: src })).sort();
  expect(files).toContain('problem.ts');
  const found = await Promise.all(
    files.map(async (file) => complaints(file, readSource(file, await readFile(join(src, file), 'utf8')))),
  );
  expect(found.flat()).toEqual([]);
});

describe('the check itself', () => {
  const check = (file: string, source: string) => complaints(file, readSource(file, source));

  test.each([
    ['a static import', "import { startStack } from '../stack/stack.ts';"],
    ['a side effect', "import '../stack/stack.ts';"],
    ['a type', "import type { Stack } from '../stack/stack.ts';"],
    ['an inline type', "type S = import('../stack/stack.ts').Stack;"],
    ['a dynamic import', "const stack = await import('../stack/stack.ts');"],
    ['a re-export', "export { startStack } from '../stack/stack.ts';"],
    ['a re-export of everything', "export * from '../stack/stack.ts';"],
  ])('complains about %s from a room that is not allowed', (_kind, source) => {
    expect(check('protocol/wrong.ts', source)).toEqual([
      'src/protocol/wrong.ts imports "../stack/stack.ts", but protocol may import only problem.ts.',
    ]);
  });

  test('lets the child process scaffold import the writer of the journal, and nothing else of it', () => {
    expect(check('host/serve-child.ts', "import '../journal/writer.ts';")).toEqual([]);
    expect(check('host/serve-child.ts', "import '../journal/open-journal.ts';")).toHaveLength(1);
  });

  test('lets the links process, which is a child, import what the rest of its room may not', () => {
    expect(check('stack/links/main.ts', "import '../../host/serve-child.ts';")).toEqual([]);
    expect(check('stack/stack.ts', "import '../host/serve-child.ts';")).toHaveLength(1);
  });

  test('lets report import types of the scenario room, and no values', () => {
    expect(check('report/junit.ts', "import { type Verdict } from '../scenario/verdict.ts';")).toEqual([]);
    expect(check('report/junit.ts', "import { verdict } from '../scenario/verdict.ts';")).toHaveLength(1);
  });

  test('complains about a room that nobody knows, and about what is outside of src/', () => {
    expect(check('utils/strings.ts', '')).toEqual([
      'src/utils/strings.ts is in no known room: "utils" is not in the table of rooms.',
    ]);
    expect(check('cli/main.ts', "import '../../test/rig/rooms.ts';")).toEqual([
      'src/cli/main.ts imports "../../test/rig/rooms.ts", which is outside of src/.',
    ]);
    expect(check('cli/main.ts', "import manifest from '../../package.json' with { type: 'json' };")).toEqual(
      [],
    );
  });

  test('lets only src/cli and a main.ts touch the process', () => {
    const complaint = expect.stringContaining('uses "process"');
    expect(check('stack/ports.ts', 'export const inCi = process.env.CI;')).toEqual([complaint]);
    expect(check('stack/ports.ts', "import { env } from 'node:process';")).toEqual([complaint]);
    expect(check('stack/ports.ts', 'const { env } = process;')).toEqual([complaint]);
    expect(check('stack/links/main.ts', 'process.exitCode = 1;')).toEqual([]);
    expect(check('cli/signals.ts', "process.on('SIGINT', () => {});")).toEqual([]);
    expect(check('stack/ports.ts', '// process.env is not read here')).toEqual([]);
  });
});
