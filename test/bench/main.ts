import { parseArgs } from 'node:util';
import type { Measured, Row } from './row.ts';
import { plainCpu } from './rows/plain-cpu.ts';
import { harnessCpu, relayCpu } from './rows/relay-cpu.ts';
import { relayLatency } from './rows/relay-latency.ts';
import { relayMemory } from './rows/relay-memory.ts';
import { scenarios } from './rows/scenarios.ts';
import { startUp } from './rows/start-up.ts';
import { topologies } from './rows/topologies.ts';
import { version } from './rows/version.ts';
import { tableOf } from './table.ts';

const rows: Readonly<Record<string, Row>> = {
  'relay-cpu': relayCpu,
  'harness-cpu': harnessCpu,
  'plain-cpu': plainCpu,
  latency: relayLatency,
  memory: relayMemory,
  up: startUp,
  scenarios,
  topologies,
  version,
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: 'string', default: '7' } },
});

const unknown = positionals.filter((name) => !rows[name]);
if (unknown.length > 0) {
  process.stderr.write(`No such row: ${unknown.join(', ')}. There are ${Object.keys(rows).join(', ')}.\n`);
  process.exit(2);
}

const lines: Measured[] = [];
for (const [name, row] of Object.entries(rows)) {
  if (positionals.length > 0 && !positionals.includes(name)) continue;
  const say = (sentence: string) => void process.stderr.write(`${name}: ${sentence}\n`);
  try {
    lines.push(...(await row({ rounds: Number(values.rounds), say })));
  } catch (error) {
    // The others have taken their time: what they found is printed all the same.
    say(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  }
}
process.stdout.write(tableOf(lines));
