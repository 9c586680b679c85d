import { appendFile, mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { complaints, soakIn } from './run.ts';
import { type Row, row, rowOf, tableOf } from './table.ts';

/**
 * `npm run soak`: ten seeds of 2,000 events, something broken every 200 ms. What a seed came to is written down when it
 * ends, and a later run goes on with the next one; a run that went wrong keeps its folder for `collab-dev explain`.
 */
const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1,2,3,4,5,6,7,8,9,10' },
    events: { type: 'string', default: '2000' },
    /** Forgets what was written down. */
    again: { type: 'boolean', default: false },
  },
});
const events = Number(values.events);
const seeds = values.seeds.split(',').map(Number);
if (![events, ...seeds].every(Number.isSafeInteger)) throw new Error('--seeds 1,2,3 --events 2000');

/** A machine that is busy takes its time; a stack that has stopped doing anything is noticed all the same. */
const forMs = 30 * 60_000;
const quietMs = 120_000;
const base = join(import.meta.dirname, '../../.collab-dev/soak');
const written = join(base, 'rows.ndjson');

if (values.again) await rm(base, { recursive: true, force: true });
await mkdir(base, { recursive: true });
const text = await readFile(written, 'utf8').catch(() => '');
const known = text
  .split('\n')
  .filter(Boolean)
  .map((line) => row.parse(JSON.parse(line)))
  .filter(({ asked }) => asked === events);
const rows: Row[] = [];
for (const seed of seeds) {
  const before = known.find((one) => one.seed === seed);
  const now = before ?? (await soaked(seed));
  rows.push(now);
  process.stdout.write(`${rows.length}/${seeds.length}  ${JSON.stringify(now)}\n`);
}
process.stdout.write(`\n${tableOf(rows)}`);
const wrong = rows.filter(({ findings }) => findings > 0);
process.stdout.write(`\n${rows.length - wrong.length} passed, ${wrong.length} failed\n`);
if (wrong.length > 0) process.exitCode = 1;

async function soaked(seed: number): Promise<Row> {
  const folder = join(base, `seed-${seed}`);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder);
  const report = await soakIn(folder, { seed, events, forMs, quietMs });
  const wrong = complaints(report);
  for (const complaint of wrong) process.stdout.write(`${complaint}\n`);
  if (wrong.length === 0) await rm(folder, { recursive: true });
  const now = rowOf(seed, events, report);
  await appendFile(written, `${JSON.stringify(now)}\n`);
  return now;
}
