import { setPriority } from 'node:os';
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
    /** For a machine that others keep busy, by who may: relay and good pairs come before everybody else. */
    first: { type: 'boolean', default: false },
  },
});
const ms = Number(values.seconds) * 1000;

const percentile = (latencies: readonly number[], share: number): string =>
  (latencies.toSorted((a, b) => a - b)[Math.floor(latencies.length * share)] ?? Number.NaN).toFixed(1);
const line = (name: string, { latencies, lost, disconnects }: Exchanged, bytes: number): string =>
  [
    name.padEnd(8),
    `${latencies.length} events`,
    `p50 ${percentile(latencies, 0.5)} ms`,
    `p99 ${percentile(latencies, 0.99)} ms`,
    `lost ${lost}`,
    `disconnects ${disconnects}`,
    `RSS at most ${(bytes / 2 ** 20).toFixed(0)} MiB`,
  ].join('   ');

await using relay = await startRelayProcess();
if (values.first) {
  setPriority(relay.pid, -15);
}
using pairs = await connectPairs(relay.url, Number(values.pairs));
let most = 0;
setInterval(() => {
  if (relay.lives()) most = Math.max(most, relay.residentBytes());
}, 100).unref();
const measured = async () => {
  most = 0;
  const exchanged = await pairs.exchange({ ms, everyMs: 100 });
  return { exchanged, most };
};

if (values.first) setPriority(0, -15);
await pairs.exchange({ ms: 3000, everyMs: 100 });
const quiet = await measured();
if (values.first) setPriority(0, 0);
process.stdout.write(`${line('quiet', quiet.exchanged, quiet.most)}\n`);
const cpuBefore = relay.cpuMs();
// Only now, so that the attackers do not inherit it.
const comeFirst = () => values.first && setPriority(0, -15);
const { result, thrownOut } = await underAttack(
  { url: relay.url, count: Number(values.bad), paceMs: Number(values.pace), only: values.only },
  async (soFar) => {
    comeFirst();
    // The first rush is an attack too, but of its own kind: two hundred connections at once.
    await pairs.exchange({ ms: 3000, everyMs: 100 });
    return { result: await measured(), thrownOut: soFar() };
  },
);
process.stdout.write(`${line('attacked', result.exchanged, result.most)}\n`);
process.stdout.write(
  `relay: ${relay.lives() ? 'lives' : 'is dead'}, ${((relay.cpuMs() - cpuBefore) / ms).toFixed(2)} of a core\n`,
);
process.stdout.write(`thrown out: ${JSON.stringify(thrownOut)}\n`);
