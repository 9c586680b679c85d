import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setPriority } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';

const thrownOut = z.record(z.string(), z.number());
/** How often each kind was thrown out. */
export type ThrownOut = z.infer<typeof thrownOut>;

export interface AttackSize {
  readonly url: string;
  readonly count: number;
  /** Between two acts of one client. */
  readonly paceMs: number;
  /** One kind of bad client instead of all. */
  readonly only?: string | undefined;
  /** What they are to the scheduler, from -20 to 19, the last; absent: like everybody. */
  readonly nice?: number;
}

/** Lets so many bad clients loose on a relay while something is done, which may look at what became of them. */
export async function underAttack<T>(
  { url, count, paceMs, only, nice = 0 }: AttackSize,
  meanwhile: (soFar: () => ThrownOut) => Promise<T>,
): Promise<T> {
  const args = [url, String(count), String(paceMs), ...(only === undefined ? [] : [only])];
  const child = fork(join(import.meta.dirname, 'attackers.ts'), args);
  try {
    if (child.pid !== undefined) setPriority(child.pid, nice);
    await once(child, 'message');
    let last: ThrownOut = {};
    child.on('message', (raw) => {
      last = thrownOut.parse(raw);
    });
    return await meanwhile(() => last);
  } finally {
    child.kill('SIGKILL');
  }
}
