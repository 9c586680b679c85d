import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { findings, isQuiet } from './judge.ts';
import { anyStep, anyStepWithCopies, begin, type Step } from './steps.ts';
import { alice, bob, carol, World } from './world.ts';

// Hashes and random ids are most of what a history would cost; these tell things apart as well.
vi.mock('../../src/client/content-digest.ts', () => ({
  contentDigest: (content: unknown) => JSON.stringify(content),
}));
vi.mock('uuid', () => {
  let n = 0;
  const uuid = () => {
    n += 1;
    return `id-${n}`;
  };
  return { v4: uuid, v7: uuid };
});
// Nor does anybody read where a refusal came from.
Error.stackTraceLimit = 0;

// The same ten thousand in every run of the suite, so that what is red is what was changed; HISTORIES_SEED looks further.
const seed = Number(process.env.HISTORIES_SEED ?? 20_261_122);
const runs = Number(process.env.HISTORIES_RUNS ?? 10_000);
const halves = [
  ['faults of every kind', anyStep],
  ['faults of every kind, and databases that are put back', anyStepWithCopies],
] as const;

interface History {
  readonly chance: number;
  readonly carolIsFriend: boolean;
  /** Positions are shared already, and every database was copied once. */
  readonly hasBegun: boolean;
  readonly steps: readonly Step[];
}

function live({ chance, carolIsFriend, hasBegun, steps }: History): string[] {
  const world = new World(chance, [[alice, bob], ...(carolIsFriend ? [[bob, carol] as const] : [])]);
  try {
    for (const { go } of hasBegun ? [begin, ...steps] : steps) go(world);
    const quiet = world.heal(() => isQuiet(world));
    return [...(quiet ? [] : ['it never comes to rest']), ...findings(world)];
  } finally {
    world.end();
  }
}

const story = ({ chance, carolIsFriend, hasBegun, steps }: History): string =>
  [
    `alice and bob are friends, carol is ${carolIsFriend ? "bob's friend" : 'a stranger'}; chance ${chance}`,
    ...(hasBegun ? [begin, ...steps] : steps).map((step) => step.story),
    'everything is well again',
  ]
    .map((line, index) => `  ${String(index).padStart(2)}. ${line}`)
    .join('\n');

test.each(halves)(
  'after %s, everybody has what they are to have, once and in order',
  (what, step) => {
    const history = fc.record({
      chance: fc.nat(),
      carolIsFriend: fc.boolean(),
      hasBegun: fc.boolean(),
      steps: fc.array(step, { minLength: 1, maxLength: 40, size: 'max' }),
    });
    const numRuns = Math.ceil(runs / halves.length);
    process.stdout.write(
      `${numRuns} histories with ${what}: HISTORIES_SEED=${seed} HISTORIES_RUNS=${runs}\n`,
    );
    const outcome = fc.check(
      fc.property(history, (one) => live(one).length === 0),
      { seed, numRuns },
    );
    const [shrunk] = outcome.counterexample ?? [];
    if (!outcome.failed || !shrunk) return;
    const again = `HISTORIES_SEED=${seed} HISTORIES_RUNS=${runs} npx vitest run test/histories`;
    expect.fail(
      [
        `A history went wrong (number ${outcome.numRuns}, shrunk ${outcome.numShrinks} times):`,
        story(shrunk),
        ...safely(shrunk).map((finding) => `  → ${finding}`),
        `Again: ${again}`,
      ].join('\n'),
    );
  },
  600_000,
);

function safely(history: History): string[] {
  Error.stackTraceLimit = 10;
  try {
    return live(history);
  } catch (error) {
    return [error instanceof Error ? (error.stack ?? error.message) : String(error)];
  }
}
