import { join } from 'node:path';
import process from 'node:process';
import { expect, test } from 'vitest';
import { bundledChildren } from '../../src/stack/children.ts';
import { createPool } from '../../src/stack/pool.ts';
import { startStack } from '../../src/stack/start-stack.ts';
import { aStack, temporaryFolder } from '../stack/rig.ts';
import { soak } from './soak.ts';

const seed = Number(process.env.SOAK_SEED ?? Math.floor(Math.random() * 2 ** 31));
const events = Number(process.env.SOAK_EVENTS ?? 2000);
const forMs = Number(process.env.SOAK_MS ?? 45_000);
const quietMs = 60_000;

/** What nobody answered in time is sent again soon: a lost frame costs a second here, not most of a minute. */
const timing = { sweep_ms: 1000, reply_timeout_ms: 1000, fetch_timeout_ms: 1000, fetch_retry_max_ms: 1000 };

test(
  `through kills, pauses, cuts, drops and duplicates everything arrives once and in order (SOAK_SEED=${seed})`,
  async () => {
    await using folder = await temporaryFolder();
    const relay = join(import.meta.dirname, 'relay-with-heap.ts');
    await using pool = createPool({ files: { ...bundledChildren(), relay } });
    await using stack = await startStack(aStack(folder.path, ['alice', 'bob', 'carol'], { timing }), {
      pool,
    });
    const { findings, notChecked, ...report } = await soak(stack, { seed, events, forMs, quietMs });
    process.stdout.write(`SOAK_SEED=${seed}: ${JSON.stringify(report)}\n`);
    expect(findings).toEqual([]);
    expect(notChecked).toEqual([]);
    expect(report.quiet).toMatch(/^quiet/);
    expect(report.heap.after / report.heap.before).toBeLessThanOrEqual(1.2);
  },
  forMs + quietMs + 60_000,
);
