import { doubtsAbout, type Generator } from './load/open-generator.ts';
import type { LoadReport } from './load/orders.ts';
import { median, pairs, ratiosOf } from './paired.ts';
import type { Measured } from './row.ts';
import type { ProcessUnderTest } from './servers/process-under-test.ts';

/** Of the load that is put on each side. */
export const users = 20;

/** Deliveries a second: about a third of what the slower side can do on a small machine. */
const deliveriesPerSecond = 3000;
const windowMs = 3000;

interface Sample {
  readonly load: LoadReport;
  readonly cpuMs: number;
}

/** A server to which the generator is connected, as `target`. */
interface Side {
  readonly target: string;
  readonly server: ProcessUnderTest;
}

/**
 * CPU time of the server's process (all threads, by the scheduler's account) for one delivered event. Both servers run
 * all the time, and the same generator, which is connected to both, loads one of them after the other; the time from
 * before the first send to after the last delivery counts.
 */
export async function cpuADelivery(
  generator: Generator,
  sides: { readonly ours: Side; readonly theirs: Side },
  { fanOut, rounds }: { readonly fanOut: number; readonly rounds: number },
): Promise<Omit<Measured, 'what' | 'aim'>> {
  const wanted = { rate: deliveriesPerSecond / fanOut, fanOut, ms: windowMs };
  const sample = async ({ target, server }: Side): Promise<Sample> => {
    const before = server.cpuMs();
    const load = await generator.load({ target, ...wanted });
    return { load, cpuMs: server.cpuMs() - before };
  };
  const taken = await pairs(rounds, {
    ours: () => sample(sides.ours),
    theirs: () => sample(sides.theirs),
  });
  const microseconds = ({ load, cpuMs }: Sample) => (cpuMs * 1000) / load.delivered;
  const [ours, theirs] = [taken.map((pair) => pair.ours), taken.map((pair) => pair.theirs)];
  return {
    unit: '×',
    ratios: ratiosOf(taken, microseconds),
    behind: `${median(ours.map(microseconds)).toFixed(1)} and ${median(theirs.map(microseconds)).toFixed(1)} µs`,
    doubts: doubtsAbout(
      [...ours, ...theirs].map(({ load }) => load),
      wanted,
    ),
  };
}
