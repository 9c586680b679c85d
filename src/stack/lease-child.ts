import { abortable } from './abortable.ts';
import type { Child } from './child-process.ts';
import type { ProcessSource } from './pool.ts';

/** A process for one start; one that comes only after the signal is given back. */
export async function leaseChild(processes: ProcessSource, log: string, signal: AbortSignal): Promise<Child> {
  const lease = processes.lease(log);
  try {
    return await abortable(lease, signal);
  } catch (thrown) {
    lease.then(processes.giveBack).catch(() => {});
    throw thrown;
  }
}
