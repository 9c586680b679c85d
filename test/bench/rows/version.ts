import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { median, pairs, ratiosOf } from '../paired.ts';
import type { Row } from '../row.ts';
import { bin } from '../servers/relays.ts';

/** From the spawn to the exit. */
async function endMs(args: readonly string[]): Promise<number> {
  const began = performance.now();
  await once(spawn(process.execPath, args, { stdio: 'ignore' }), 'exit');
  return performance.now() - began;
}

export const version: Row = async ({ rounds, say }) => {
  const what = 'collab-dev --version, against node -e 0';
  say(what);
  const taken = await pairs(rounds * 3, {
    ours: () => endMs([bin, '--version']),
    theirs: () => endMs(['-e', '0']),
  });
  const ms = (side: 'ours' | 'theirs') => median(taken.map((pair) => pair[side])).toFixed(0);
  return [
    {
      what,
      aim: 1.7,
      unit: '×',
      ratios: ratiosOf(taken, (one) => one),
      behind: `${ms('ours')} and ${ms('theirs')} ms`,
      doubts: [],
    },
  ];
};
