import type { Child } from '../../src/stack/child-process.ts';
import type { Role } from '../../src/stack/children.ts';
import { createPool, type ProcessPool } from '../../src/stack/pool.ts';

/** Leases one role from files of its own and every other one from a pool that stays. */
export function mixedPool(rest: ProcessPool, role: Role, files: Readonly<Record<Role, string>>): ProcessPool {
  const own = createPool({ files });
  const children = new Set<Child>();
  return {
    async lease(wanted, log) {
      if (wanted !== role) return rest.lease(wanted, log);
      const child = await own.lease(wanted, log);
      children.add(child);
      return child;
    },
    environment: rest.environment,
    giveBack: (child) => (children.has(child) ? own.giveBack(child) : rest.giveBack(child)),
    warm: (wanted, count) => (wanted === role ? own : rest).warm(wanted, count),
    [Symbol.asyncDispose]: () => own[Symbol.asyncDispose](),
  };
}
