import { doubtsAbout, openGenerator } from '../load/open-generator.ts';
import { median, pairs, ratiosOf } from '../paired.ts';
import type { Row } from '../row.ts';
import { secret, startBriefServer, startDeployedRelay } from '../servers/relays.ts';

const wanted = { rate: 5000, fanOut: 1, ms: 3000 };
const users = 20;

/**
 * From send to the recipient's socket, both in the generator, by one clock: its own lag is in both sides' numbers.
 * Both servers are warm; one is loaded after the other.
 */
export const relayLatency: Row = async ({ rounds, say }) => {
  const what = 'p99 from send to socket, 5,000 events/s';
  say(what);
  await using relay = await startDeployedRelay();
  await using brief = await startBriefServer();
  await using generator = openGenerator();
  await generator.connect({ target: 'relay', url: relay.url, users, manner: 'brief', secret });
  await generator.connect({ target: 'brief', url: brief.url, users, manner: 'brief', secret });
  const taken = await pairs(rounds, {
    ours: () => generator.load({ target: 'relay', ...wanted }),
    theirs: () => generator.load({ target: 'brief', ...wanted }),
  });
  const [ours, theirs] = [taken.map((pair) => pair.ours), taken.map((pair) => pair.theirs)];
  const doubts = doubtsAbout([...ours, ...theirs], wanted);
  const inMs = (values: readonly number[]) => median(values).toFixed(2);
  const p99s = (side: typeof ours) => inMs(side.map(({ p99 }) => p99));
  const p50s = (side: typeof ours) => inMs(side.map(({ p50 }) => p50));
  return [
    {
      what,
      aim: 1,
      unit: '×',
      ratios: ratiosOf(taken, ({ p99 }) => p99),
      behind: `${p99s(ours)} and ${p99s(theirs)} ms`,
      doubts,
    },
    {
      what: '… and its median',
      aim: undefined,
      unit: '×',
      ratios: ratiosOf(taken, ({ p50 }) => p50),
      behind: `${p50s(ours)} and ${p50s(theirs)} ms`,
      doubts: [],
    },
  ];
};
