import { setTimeout as wait } from 'node:timers/promises';
import { openGenerator } from '../load/open-generator.ts';
import { median, pairs, ratiosOf } from '../paired.ts';
import type { Row } from '../row.ts';
import type { ProcessUnderTest } from '../servers/process-under-test.ts';
import { secret, startBriefServer, startDeployedRelay } from '../servers/relays.ts';

const users = 2000;
const settleMs = 3000;

/**
 * Resident memory of a new process after so many users have connected and all is quiet, less what it had before,
 * for one of them. Nobody has a friend, so nothing is sent to anybody. No collection is forced: what a server leaves
 * lying about is what it costs.
 */
async function bytesPerConnection(start: () => Promise<ProcessUnderTest>): Promise<number> {
  await using server = await start();
  await using generator = openGenerator();
  // The first connection loads and compiles what all the others use.
  await generator.connect({ target: 'first', url: server.url, users: 1, manner: 'brief', secret });
  const before = server.residentBytes();
  await generator.connect({
    target: 'all',
    url: server.url,
    users,
    manner: 'brief',
    secret,
    strangers: true,
  });
  await wait(settleMs);
  return (server.residentBytes() - before) / users;
}

export const relayMemory: Row = async ({ rounds, say }) => {
  const what = `memory a connection, ${users} of them`;
  say(what);
  const taken = await pairs(Math.ceil(rounds / 2), {
    ours: () => bytesPerConnection(startDeployedRelay),
    theirs: () => bytesPerConnection(startBriefServer),
  });
  const kilobytes = (side: 'ours' | 'theirs') => (median(taken.map((pair) => pair[side])) / 1024).toFixed(1);
  return [
    {
      what,
      aim: 1,
      unit: '×',
      ratios: ratiosOf(taken, (bytes) => bytes),
      behind: `${kilobytes('ours')} and ${kilobytes('theirs')} KB`,
      doubts: [],
    },
  ];
};
