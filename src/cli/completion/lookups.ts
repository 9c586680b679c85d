import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { discoverScenarios, fixturesAbove } from '../../scenario/discover.ts';
import { readStackFile } from '../../stack/run-folder.ts';
import type { Lookups } from './candidates.ts';

/** Looks for names in the folder in which somebody types; `home` is any folder of this package. */
export function lookupsIn(cwd: string, home: string): Lookups {
  const runs = join(cwd, '.collab-dev', 'runs');
  const ids = async () => (await readdir(runs).catch((): string[] => [])).toSorted().toReversed();
  return {
    runs: async () =>
      (await ids()).map((id) => ({ word: id, about: id === 'latest' ? 'the newest run' : 'a run' })),
    async scenarios() {
      const shipped = await readdir(join(fixturesAbove(home), 'scenarios'));
      const own = await discoverScenarios(cwd);
      return [
        ...own.map((word) => ({ word, about: 'a file of yours' })),
        ...shipped
          .filter((file) => file.endsWith('.yaml'))
          .toSorted()
          .map((file) => ({ word: basename(file, '.yaml'), about: 'shipped' })),
      ];
    },
    async names() {
      const stack = await readStackFile(join(runs, 'latest'));
      return (stack?.processes ?? []).map(({ name, role }) => ({ word: name, about: role }));
    },
  };
}
