import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.{ts,tsx}'],
    // Most tests wait for processes rather than compute, so two files at a time even on two cores.
    maxWorkers: Math.max(2, availableParallelism()),
    // For a test that hangs. A machine that does other work besides may take long over one that does not.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // Its own default is a second, which such a machine may be busy for.
    expect: { poll: { timeout: 20_000 } },
    reporters: ['default', './test/reporter/summary.ts'],
  },
});
