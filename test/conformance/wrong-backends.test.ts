import { join } from 'node:path';
import process from 'node:process';
import { afterAll, expect, test } from 'vitest';
import { runConformance } from '../../src/conformance/run-conformance.ts';
import { userId } from '../../src/protocol/ids.ts';
import { bundleWith } from '../mutation/build.ts';
import { temporaryFolder } from '../stack/rig.ts';
import { type WrongBackend, wrongBackends } from './wrong-backends.ts';

const folder = await temporaryFolder();
afterAll(() => folder[Symbol.asyncDispose]());

/** Our own backend with one module swapped, as somebody might have written it. */
async function build({ module, mutant, from }: WrongBackend, name: string): Promise<string> {
  const mutants = from === 'mutation' ? '../mutation/mutants' : 'mutants';
  const file = join(folder.path, `${name}.js`);
  const swap = { module, mutant: join(import.meta.dirname, mutants, mutant) };
  await bundleWith('test/conformance/backend-process.ts', [swap], file);
  return file;
}

async function failuresOf(file: string, only: readonly string[]): Promise<unknown[]> {
  const { checks } = await runConformance({
    user: userId.parse('bob'),
    target: { command: [process.execPath, file], cwd: folder.path, env: {}, log: undefined },
    relayPort: 0,
    secret: undefined,
    withinMs: 10_000,
    startWithinMs: 60_000,
    only,
    signal: new AbortController().signal,
    onWaiting() {},
    onChecked() {},
  });
  return checks.flatMap(({ id, result }) =>
    result === 'kept' ? [] : [result === 'broken' ? id : { id, result }],
  );
}

// What is missing takes its whole time to be missed: others go on meanwhile.
test.concurrent.each(wrongBackends.map((one, index) => [one.wrong, one, index] as const))(
  'a backend that %s fails the checks of that, and no others',
  async (_wrong, one, index) => {
    const file = await build(one, `wrong-${index}`);
    expect(await failuresOf(file, one.among)).toEqual(one.fails);
  },
  // Several at a time, each with a bundle, a process and what takes its whole time to be missed.
  240_000,
);
