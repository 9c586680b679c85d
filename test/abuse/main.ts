import { execFileSync } from 'node:child_process';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { connectPairs, type Exchanged } from './good-pairs.ts';
import { startRelayProcess } from './relay-process.ts';
import { underAttack } from './under-attack.ts';

/** `node test/abuse/main.ts --seconds 60 --bad 200 --pairs 20`: good pairs in quiet, then among bad clients. */
const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    bad: { type: 'string', default: '200' },
    pairs: { type: 'string', default: '20' },
    only: { type: 'string' },
    pace: { type: 'string', default: '200' },
    /** The most that half of the relay's young generation may take, in MiB; absent: as a stack starts it. */
    young: { type: 'string' },
    /**
     * For a machine that others keep busy, by who may: relay and good pairs come before everybody else, attackers too
     * (Linux, `chrt`). It shows what the relay itself makes of an attack, and not who gets a core.
     */
    first: { type: 'boolean', default: false },
    /** Of the attackers: on other machines, where they would be, they would take none of the relay's cores. */
    nice: { type: 'string', default: '19' },
  },
});
const ms = Number(values.seconds) * 1000;

const percentile = (latencies: readonly number[], share: number): string =>
  (latencies.toSorted((a, b) => a - b)[Math.floor(latencies.length * share)] ?? Number.NaN).toFixed(1);

interface Measured {
  readonly exchanged: Exchanged;
  readonly mostBytes: number;
  /** How late the relay's own event loop was, in ms. */
  readonly late: { readonly p99: number; readonly most: number };
  readonly cores: number;
}

const line = (name: string, { exchanged, mostBytes, late, cores }: Measured): string =>
  [
    name.padEnd(8),
    `${exchanged.latencies.length} events`,
    `p50 ${percentile(exchanged.latencies, 0.5)} ms`,
    `p99 ${percentile(exchanged.latencies, 0.99)} ms`,
    `lost ${exchanged.lost}`,
    `disconnects ${exchanged.disconnects}`,
    `RSS at most ${(mostBytes / 2 ** 20).toFixed(0)} MiB`,
    `event loop late by p99 ${late.p99.toFixed(1)} ms, at most ${late.most.toFixed(1)} ms`,
    `${cores.toFixed(2)} of a core`,
  ].join('   ');

const young = values.young === undefined ? undefined : [`--max-semi-space-size=${values.young}`];
await using relay = await startRelayProcess({}, young);
const comeFirst = (pid: number) =>
  values.first && execFileSync('chrt', ['--all-tasks', '--reset-on-fork', '--rr', '--pid', '1', String(pid)]);
comeFirst(relay.pid);
comeFirst(process.pid);
using pairs = await connectPairs(relay.url, Number(values.pairs));
let mostBytes = 0;
setInterval(() => {
  if (relay.lives()) mostBytes = Math.max(mostBytes, relay.residentBytes());
}, 100).unref();

/** Its own account, which begins anew with each question. */
async function lateness(): Promise<Measured['late']> {
  const metrics = await (await fetch(`${relay.url}/metrics`)).text();
  const of = (word: string) =>
    Number(new RegExp(`^nodejs_eventloop_lag_${word}_seconds (\\S+)$`, 'm').exec(metrics)?.[1]) * 1000;
  return { p99: of('p99'), most: of('max') };
}

async function measured(): Promise<Measured> {
  await lateness();
  mostBytes = 0;
  const cpuBefore = relay.cpuMs();
  const began = performance.now();
  const exchanged = await pairs.exchange({ ms, everyMs: 100 });
  const cores = (relay.cpuMs() - cpuBefore) / (performance.now() - began);
  return { exchanged, mostBytes, late: await lateness(), cores };
}

await pairs.exchange({ ms: 3000, everyMs: 100 });
process.stdout.write(`${line('quiet', await measured())}\n`);
const { result, thrownOut } = await underAttack(
  {
    url: relay.url,
    count: Number(values.bad),
    paceMs: Number(values.pace),
    only: values.only,
    nice: Number(values.nice),
  },
  async (soFar) => {
    // The first rush is an attack too, but of its own kind: two hundred connections at once.
    await pairs.exchange({ ms: 3000, everyMs: 100 });
    return { result: await measured(), thrownOut: soFar() };
  },
);
process.stdout.write(`${line('attacked', result)}\n`);
process.stdout.write(
  `relay: ${relay.lives() ? 'lives' : 'is dead'}\nthrown out: ${JSON.stringify(thrownOut)}\n`,
);
