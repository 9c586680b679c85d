import type { Served } from '../../host/serve-child.ts';
import type { LinksConfig } from '../../protocol/links-config.ts';
import { cut } from './faults/cut.ts';
import type { Fault } from './faults/fault.ts';
import { type Hop, openHop } from './hop.ts';
import { noSuchFault, noSuchHop } from './problems.ts';

/** All hops of a stack, in one process, with the faults that lie on them. `ports` are by hop id. */
export async function openLinks(config: LinksConfig): Promise<Served> {
  const faults = new Map<string, Fault>();
  const hops = new Map<string, Hop>();
  const close = async () => {
    for (const fault of faults.values()) fault.lift();
    await Promise.all([...hops.values()].map((hop) => hop[Symbol.asyncDispose]()));
  };

  const opened = await Promise.allSettled(
    config.hops.map(async (hop) => {
      hops.set(hop.id, await openHop(hop, () => faults.values()));
    }),
  );
  const failed = opened.find((one) => one.status === 'rejected');
  if (failed) {
    await close();
    throw failed.reason;
  }

  function impose(fault: Fault): void {
    faults.set(fault.id, fault);
    for (const hop of hops.values()) {
      for (const passage of [...hop.passages()]) if (fault.concerns(passage)) fault.meet(passage);
    }
  }

  return {
    ports: Object.fromEntries([...hops.values()].map(({ id, port }) => [id, port])),
    upstream({ hop: id, host, port }) {
      const hop = hops.get(id);
      if (!hop) throw noSuchHop(id);
      hop.forwardTo({ host, port });
    },
    cut: (fault) => impose(cut(fault)),
    heal(id) {
      const fault = faults.get(id);
      if (!fault) throw noSuchFault(id);
      faults.delete(id);
      fault.lift();
      return fault.touched;
    },
    census() {
      const busy = [...hops.values()].reduce((sum, hop) => sum + hop.busy(), 0);
      return { links: [], runnable: { bytes_in_hops: busy }, parked: {}, pages: [] };
    },
    [Symbol.asyncDispose]: close,
  };
}
