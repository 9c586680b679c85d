import fc from 'fast-check';
import { expect, test } from 'vitest';
import { seeded } from '../../src/stack/links/faults/random.ts';
import { TwoBackends } from './two-backends.ts';

type Act = readonly [name: string, act: (world: TwoBackends) => void];

const orderly: Act[] = [
  ['enqueue', (world) => world.enqueue()],
  ['a frame reaches bob', (world) => world.deliverToBob()],
  ['a word reaches alice', (world) => world.deliverToAlice()],
  ['alice crashes', (world) => world.crashAlice()],
  ['alice is cut off', (world) => world.cutAlice()],
  ['alice is back', (world) => world.joinAlice()],
  ['bob crashes', (world) => world.crashBob()],
  ['bob is cut off', (world) => world.cutBob()],
  ['bob is back', (world) => world.joinBob()],
  ['bob is busy', (world) => world.makeBobBusy()],
  ['a moment', (world) => world.pass(50)],
  ['a while', (world) => world.pass(1500)],
  ['alice takes something back', (world) => world.purge()],
];
const lossy: Act[] = [
  ...orderly,
  ['a frame to bob is lost', (world) => world.loseToBob()],
  ['a word to alice is lost', (world) => world.loseToAlice()],
  ['a frame to bob is doubled', (world) => world.doubleToBob(false)],
  ['a frame to bob is doubled, late', (world) => world.doubleToBob(true)],
  ['a word to alice is doubled', (world) => world.doubleToAlice()],
];

/** Half of what happens is traffic, or the rest would find nothing to disturb. */
function lives(acts: Act[]) {
  const traffic = acts.slice(0, 3);
  const one = fc.oneof(fc.constantFrom(...traffic), fc.constantFrom(...acts));
  return fc.array(
    one.map((act) => act),
    { maxLength: 80, size: 'max' },
  );
}

test.each([
  ['that loses what is under way when somebody is cut off', orderly],
  ['that loses and doubles whatever it likes', lossy],
])('over a network %s, everything is applied once and in order', (_name, acts) => {
  fc.assert(
    fc.property(lives(acts), fc.integer(), (life, seed) => {
      const world = new TwoBackends(seeded(seed));
      for (const [, act] of life) act(world);
      world.heal();
      expect(world.applied.filter((id) => !world.purged.has(id))).toEqual(
        world.enqueued.filter((id) => !world.purged.has(id)),
      );
      // What was taken back may have been on its way, but not twice and not late.
      const places = world.applied.map((id) => world.enqueued.indexOf(id));
      expect(places).toEqual([...new Set(places)].sort((one, other) => one - other));
      expect(world.pending).toBe(0);
    }),
    { numRuns: 1000 },
  );
});
