import { cpuADelivery, users } from '../cpu-a-delivery.ts';
import { openGenerator } from '../load/open-generator.ts';
import type { WireName } from '../load/orders.ts';
import type { BenchContext, Measured, Row } from '../row.ts';
import { type NatsServer, startNats } from '../servers/nats.ts';
import type { ProcessUnderTest } from '../servers/process-under-test.ts';
import { secret, startDeployedRelay } from '../servers/relays.ts';

interface Case {
  readonly what: string;
  readonly aim: number | undefined;
  readonly theirs: Extract<WireName, `nats-${string}`>;
  readonly fanOut: number;
}

/**
 * As in relay-cpu.ts, with nats-server on the other side: the same events, as JSON, to the same users. NATS parses none
 * of it, checks nobody and knows no friends. The plain face answers each event, so the line with the aim is against a
 * NATS that answers each publication as well (`verbose`), over WebSocket too.
 */
async function compare(
  { what, aim, theirs, fanOut }: Case,
  relay: ProcessUnderTest,
  nats: NatsServer,
  { rounds }: BenchContext,
): Promise<Measured> {
  await using generator = openGenerator();
  const url = theirs === 'nats-tcp' ? nats.url : nats.webSocketUrl;
  const common = { users, manner: 'brief', secret } as const;
  await generator.connect({ target: 'relay', url: relay.url, wire: 'plain', ...common });
  await generator.connect({ target: 'nats', url, wire: theirs, ...common });

  const sides = { ours: { target: 'relay', server: relay }, theirs: { target: 'nats', server: nats } };
  return { what, aim, ...(await cpuADelivery(generator, sides, { fanOut, rounds })) };
}

const cases: readonly Case[] = [
  { what: 'plain face, CPU a delivery, against NATS', aim: 1.3, theirs: 'nats-ws-verbose', fanOut: 1 },
  { what: '… against NATS that answers nothing', aim: undefined, theirs: 'nats-ws', fanOut: 1 },
  { what: '… against that over TCP', aim: undefined, theirs: 'nats-tcp', fanOut: 1 },
  { what: '… at a fan-out of 10', aim: undefined, theirs: 'nats-ws-verbose', fanOut: 10 },
];

export const plainCpu: Row = async (context) => {
  await using nats = await startNats();
  if (!nats) {
    context.say('skipped: this machine has no nats-server (the Debian package of that name)');
    return [];
  }
  await using relay = await startDeployedRelay();
  const lines: Measured[] = [];
  for (const one of cases) {
    context.say(one.what);
    lines.push(await compare(one, relay, nats, context));
  }
  return lines;
};
