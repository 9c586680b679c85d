import { existsSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { glob } from 'tinyglobby';
import { Problem } from '../problem.ts';
import { didYouMean, listed } from './nearest.ts';

const everywhere = ['fixtures/scenarios/**/*.yaml', '**/*.scenario.yaml'];
const never = ['**/node_modules/**', '**/.collab-dev/**', '**/dist/**'];

/** The scenario files below a folder, sorted, as paths relative to it. */
export async function discoverScenarios(folder: string): Promise<string[]> {
  return (await glob(everywhere, { cwd: folder, ignore: never })).toSorted();
}

/**
 * The file that an argument means: a path, or the bare name of a shipped fixture (`share`).
 * @throws Problem `no-scenario`
 */
export async function findScenario(name: string, from: string, shipped: string): Promise<string> {
  const path = isAbsolute(name) ? name : resolve(from, name);
  if (existsSync(path) && /\.ya?ml$/.test(path)) return path;
  const files = await glob('**/*.yaml', { cwd: join(shipped, 'scenarios') });
  const found = files.find((file) => file === `${name}.yaml` || basename(file, '.yaml') === name);
  if (found !== undefined) return join(shipped, 'scenarios', found);
  throw noScenario(name, files.map((file) => basename(file, '.yaml')).toSorted());
}

/** The `fixtures` folder that came with a file of this package: the nearest one above it. */
export function fixturesAbove(folder: string): string {
  const fixtures = join(folder, 'fixtures');
  if (existsSync(join(fixtures, 'portfolios'))) return fixtures;
  const parent = dirname(folder);
  if (parent === folder) throw new Error('the fixtures are not where this package keeps them');
  return fixturesAbove(parent);
}

/** A path for people: relative to where they are, if it lies below. */
export function shownPath(file: string, from: string): string {
  const short = relative(from, file);
  return short.startsWith('..') || short === '' ? file : short;
}

const noScenario = (name: string, known: readonly string[]) =>
  new Problem({
    code: 'no-scenario',
    message: `There is no scenario "${name}", neither a file nor a shipped one.${didYouMean(name, known)}`,
    hint: `Shipped are ${listed(known)}.`,
    exit: 2,
  });
