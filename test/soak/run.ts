import { join } from 'node:path';
import { bundledChildren } from '../../src/stack/children.ts';
import { createPool } from '../../src/stack/pool.ts';
import { startStack } from '../../src/stack/start-stack.ts';
import { aStack } from '../stack/rig.ts';
import { type SoakOptions, type SoakReport, soak } from './soak.ts';

/** What nobody answered in time is sent again soon: a lost frame costs a second here, not most of a minute. */
const timing = { sweep_ms: 1000, reply_timeout_ms: 1000, fetch_timeout_ms: 1000, fetch_retry_max_ms: 1000 };

/** So much more heap than at its start is what a relay may use in the end. */
const mostGrowth = 1.2;

/** Soaks a stack of three users, whose run goes into this folder. */
export async function soakIn(folder: string, options: SoakOptions): Promise<SoakReport> {
  const relay = join(import.meta.dirname, 'relay-with-heap.ts');
  await using pool = createPool({ files: { ...bundledChildren(), relay } });
  await using stack = await startStack(aStack(folder, ['alice', 'bob', 'carol'], { timing }), { pool });
  return await soak(stack, options);
}

export const growthOf = ({ heap }: Pick<SoakReport, 'heap'>): number => heap.after / heap.before;

/** Everything that must not be, in words; nothing of it in a good run. */
export function complaints(report: SoakReport): string[] {
  const { findings, notChecked, quiet } = report;
  const growth = growthOf(report);
  return [
    ...findings,
    ...notChecked.map((what) => `not checked: ${what}`),
    ...(quiet.startsWith('quiet') ? [] : [`it never came to rest: ${quiet}`]),
    ...(growth <= mostGrowth ? [] : [`the relay's heap has grown to ${growth.toFixed(2)} times its start`]),
  ];
}
