import { basename, join, resolve } from 'node:path';
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
  const swapping = swap(join(root, 'src', module), join(import.meta.dirname, 'mutants', mutant));
  const build = await rolldown({
    input: { [role]: entries[role] },
    cwd: root,
    platform: 'node',
    external: ['bufferutil', 'utf-8-validate'],
    plugins: [swapping.plugin],
    logLevel: 'silent',
  });
  try {
    await build.write({ dir: folder, format: 'esm', entryFileNames: '[name].js', codeSplitting: false });
  } finally {
    await build.close();
  }
  if (swapping.count() === 0) throw new Error(`nothing in the ${role} imports ${module}`);
  return { ...bundledChildren(), [role]: join(folder, `${role}.js`) };
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
