import process from 'node:process';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../stack/rig.ts';
import { complaints, soakIn } from './run.ts';

/** The same in every run of the suite, which must not pass or fail by luck; `npm run soak` is for others. */
const seed = Number(process.env.SOAK_SEED ?? 20_261_122);
const events = Number(process.env.SOAK_EVENTS ?? 2000);
const forMs = Number(process.env.SOAK_MS ?? 45_000);
const quietMs = 60_000;

test(
  `through kills, pauses, cuts, drops and duplicates everything arrives once and in order (SOAK_SEED=${seed})`,
  async () => {
    await using folder = await temporaryFolder();
    const report = await soakIn(folder.path, { seed, events, forMs, quietMs });
    const { findings: _findings, ...figures } = report;
    process.stdout.write(`SOAK_SEED=${seed}: ${JSON.stringify(figures)}\n`);
    expect(complaints(report)).toEqual([]);
  },
  // Three times: in the beginning, between the halves, and in the end.
  forMs + 3 * quietMs + 60_000,
);
