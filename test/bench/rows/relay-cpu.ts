import { doubtsAbout, openGenerator } from '../load/open-generator.ts';
import type { LoadReport, Manner } from '../load/orders.ts';
import { median, pairs, ratiosOf } from '../paired.ts';
import type { BenchContext, Measured, Row } from '../row.ts';
import type { ProcessUnderTest } from '../servers/process-under-test.ts';
import { secret, startBriefServer, startDeployedRelay, startHarnessRelay } from '../servers/relays.ts';

interface Sample {
  readonly load: LoadReport;
  readonly cpuMs: number;
}

interface Case {
  readonly what: string;
  readonly aim: number | undefined;
  readonly start: () => Promise<ProcessUnderTest>;
  readonly manner: Manner;
  readonly fanOut: number;
}

/** Deliveries a second: about a third of what the slower side can do on a small machine. */
const deliveriesPerSecond = 3000;
const users = 20;
const windowMs = 3000;

/**
 * CPU time of the server's process (all threads, by the scheduler's account) for one delivered event. Both servers run
 * all the time, and the same generator, which is connected to both, loads one of them after the other; the time from
 * before the first send to after the last delivery counts. `brief` lines get the very same frames on both sides; in
 * `ours` lines the relay's users want replies, number their events and acknowledge, which the brief's server has not.
 */
async function compare({ what, aim, start, manner, fanOut }: Case, context: BenchContext): Promise<Measured> {
  await using relay = await start();
  await using brief = await startBriefServer();
  await using generator = openGenerator();
  await generator.connect({ target: 'relay', url: relay.url, users, manner, secret });
  await generator.connect({ target: 'brief', url: brief.url, users, manner: 'brief', secret });

  const wanted = { rate: deliveriesPerSecond / fanOut, fanOut, ms: windowMs };
  const sample = async (target: string, server: ProcessUnderTest): Promise<Sample> => {
    const before = server.cpuMs();
    const load = await generator.load({ target, ...wanted });
    return { load, cpuMs: server.cpuMs() - before };
  };
  const taken = await pairs(context.rounds, {
    ours: () => sample('relay', relay),
    theirs: () => sample('brief', brief),
  });
  const microseconds = ({ load, cpuMs }: Sample) => (cpuMs * 1000) / load.delivered;
  const [ours, theirs] = [taken.map((pair) => pair.ours), taken.map((pair) => pair.theirs)];
  return {
    what,
    aim,
    unit: '×',
    ratios: ratiosOf(taken, microseconds),
    behind: `${median(ours.map(microseconds)).toFixed(1)} and ${median(theirs.map(microseconds)).toFixed(1)} µs`,
    doubts: doubtsAbout(
      [...ours, ...theirs].map(({ load }) => load),
      wanted,
    ),
  };
}

const row =
  (...cases: readonly Case[]): Row =>
  async (context) => {
    const lines: Measured[] = [];
    for (const one of cases) {
      context.say(one.what);
      lines.push(await compare(one, context));
    }
    return lines;
  };

const deployed = { start: startDeployedRelay, manner: 'brief' } as const;
const harness = { start: startHarnessRelay, manner: 'brief' } as const;

export const relayCpu = row(
  { ...deployed, what: 'deployed relay, CPU a delivery, fan-out 1', aim: 1, fanOut: 1 },
  { ...deployed, what: 'deployed relay, CPU a delivery, fan-out 10', aim: 0.5, fanOut: 10 },
  { ...deployed, what: '… with replies and acks, fan-out 1', aim: undefined, manner: 'ours', fanOut: 1 },
  { ...deployed, what: '… with replies and acks, fan-out 10', aim: undefined, manner: 'ours', fanOut: 10 },
);

export const harnessCpu = row(
  { ...harness, what: 'relay with its journal, CPU a delivery, fan-out 1', aim: 1.5, fanOut: 1 },
  { ...harness, what: 'relay with its journal, CPU a delivery, fan-out 10', aim: 1.5, fanOut: 10 },
);
