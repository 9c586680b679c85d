import type { Complaint } from '../scenario/complaint.ts';
import { isMap } from '../scenario/is-map.ts';
import type { YamlTree } from '../scenario/yaml-tree.ts';
import { entriesOf } from './command-sites.ts';

/** What a topology has no place for. */
export function checkTopology(tree: YamlTree, raw: Readonly<Record<string, unknown>>): Complaint[] {
  const found: Complaint[] = [];
  const { topology } = raw;
  if ((topology === 'direct' || topology === 'single') && isMap(raw.relay)) {
    const message = `There is no relay in the ${topology} topology, so nothing can be said about it.`;
    found.push({ severity: 'error', ...tree.keyRangeOf(['relay']), message });
  }
  if (topology !== 'single') return found;
  for (const [user, settings] of entriesOf(raw.users)) {
    if (!isMap(settings) || settings.backend === undefined) continue;
    const range = tree.keyRangeOf(['users', user, 'backend']);
    const message = `In the single topology all users share one process, so ${user} has no backend of their own.`;
    found.push({ severity: 'error', ...range, message });
  }
  return found;
}
