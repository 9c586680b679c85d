import { basename, dirname, join, resolve } from 'node:path';
import { type Plugin, rolldown } from 'rolldown';
import { bundledChildren, type Role } from '../../src/stack/children.ts';

const root = join(import.meta.dirname, '../..');
const entries = { backend: 'src/backend/main.ts', relay: 'src/relay/main.ts' } as const;

/** A process of which one module can be another one. */
export type Mutable = keyof typeof entries;

/** One module below src/ and the file in mutants/ that takes its place. */
export interface Swap {
  readonly module: string;
  readonly mutant: string;
}

/**
 * Bundles one kind of process with a module swapped, into a folder, and answers the files of all. What is shipped
 * knows nothing of this: it is another build.
 */
export async function buildMutant(
  role: Mutable,
  { module, mutant }: Swap,
  folder: string,
): Promise<Readonly<Record<Role, string>>> {
  const file = join(folder, `${role}.js`);
  const swapped = { module, mutant: join(import.meta.dirname, 'mutants', mutant) };
  await bundleWith(entries[role], [swapped], file);
  return { ...bundledChildren(), [role]: file };
}

/** Bundles an entry, below the root, into one file, with modules below src/ swapped for those at absolute paths. */
export async function bundleWith(entry: string, swaps: readonly Swap[], file: string): Promise<void> {
  const swapping = swaps.map(({ module, mutant }) => ({
    module,
    ...swap(join(root, 'src', module), mutant),
  }));
  const build = await rolldown({
    input: { [basename(file, '.js')]: entry },
    cwd: root,
    platform: 'node',
    external: ['bufferutil', 'utf-8-validate'],
    plugins: swapping.map(({ plugin }) => plugin),
    logLevel: 'silent',
  });
  try {
    await build.write({
      dir: dirname(file),
      format: 'esm',
      entryFileNames: '[name].js',
      codeSplitting: false,
    });
  } finally {
    await build.close();
  }
  for (const { module, count } of swapping) {
    if (count() === 0) throw new Error(`nothing in ${entry} imports ${module}`);
  }
}

/** Everybody who imports `original` gets `mutant`; only the mutant itself gets the original. */
function swap(original: string, mutant: string): { readonly plugin: Plugin; readonly count: () => number } {
  let count = 0;
  const name = basename(original);
  return {
    count: () => count,
    plugin: {
      name: 'swap',
      resolveId: {
        filter: { id: new RegExp(`${name.replaceAll('.', '\\.')}$`) },
        handler(source, importer) {
          if (importer === undefined || importer === mutant) return undefined;
          if (resolve(importer, '..', source) !== original) return undefined;
          count += 1;
          return mutant;
        },
      },
    },
  };
}
