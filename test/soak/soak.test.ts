import process from 'node:process';
import { expect, test } from 'vitest';
import { createPool } from '../../src/stack/pool.ts';
import { startStack } from '../../src/stack/start-stack.ts';
import { aStack, temporaryFolder } from '../stack/rig.ts';
import { findings, forgotten } from './findings.ts';
import { readLedger } from './ledger.ts';
import { soak } from './soak.ts';

const seed = Number(process.env.SOAK_SEED ?? Math.floor(Math.random() * 2 ** 31));
const forMs = Number(process.env.SOAK_MS ?? 4000);

test(
  `through kills, restarts and cuts everything arrives once and in order (SOAK_SEED=${seed})`,
  async () => {
    await using folder = await temporaryFolder();
    await using pool = createPool();
    await using stack = await startStack(aStack(folder.path, ['alice', 'bob', 'carol']), { pool });
    const report = await soak(stack, { seed, forMs, quietMs: 10_000 });
    const ledgers = stack.users.map((user) => readLedger(stack.folder, user));
    const events = ledgers.flatMap(({ inbox }) => inbox).length;
    process.stdout.write(
      `SOAK_SEED=${seed}: ${JSON.stringify({ ...report, promised: report.promised.length, events })}\n`,
    );
    expect([...findings(ledgers), ...forgotten(ledgers, report.promised)]).toEqual([]);
    expect(report.quiet).toMatch(/^quiet/);
  },
  forMs + 30_000,
);
