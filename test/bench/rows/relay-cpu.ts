import { cpuADelivery, users } from '../cpu-a-delivery.ts';
import { openGenerator } from '../load/open-generator.ts';
import type { Manner } from '../load/orders.ts';
import type { BenchContext, Measured, Row } from '../row.ts';
import type { ProcessUnderTest } from '../servers/process-under-test.ts';
import { secret, startBriefServer, startDeployedRelay, startHarnessRelay } from '../servers/relays.ts';

interface Case {
  readonly what: string;
  readonly aim: number | undefined;
  readonly start: () => Promise<ProcessUnderTest>;
  readonly manner: Manner;
  readonly fanOut: number;
}

/**
 * The relay against the brief's server. `brief` lines get the very same frames on both sides; in `ours` lines the relay's
 * users want replies, number their events and acknowledge, which the brief's server has not.
 */
async function compare({ what, aim, start, manner, fanOut }: Case, context: BenchContext): Promise<Measured> {
  await using relay = await start();
  await using brief = await startBriefServer();
  await using generator = openGenerator();
  await generator.connect({ target: 'relay', url: relay.url, users, manner, secret });
  await generator.connect({ target: 'brief', url: brief.url, users, manner: 'brief', secret });

  const sides = { ours: { target: 'relay', server: relay }, theirs: { target: 'brief', server: brief } };
  return { what, aim, ...(await cpuADelivery(generator, sides, { fanOut, rounds: context.rounds })) };
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
