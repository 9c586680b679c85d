import type { Served } from '../../host/serve-child.ts';
import type { LinksConfig } from '../../protocol/links-config.ts';
import type { Tell } from '../../protocol/records.ts';
import type { Fault, Passage } from './faults/fault.ts';
import { faultOf } from './faults/index.ts';
import { type Hop, openHop } from './hop.ts';
import { noSuchFault, noSuchHop } from './problems.ts';
import { linkFaultRecords } from './tell-fault.ts';

/** All hops of a stack, in one process, with the faults that lie on them. `ports` are by hop id. */
export async function openLinks(
  config: LinksConfig,
  { tell = () => {} }: { readonly tell?: Tell } = {},
): Promise<Served> {
  const faults = new Map<string, Fault>();
  const hops = new Map<string, Hop>();
  const records = linkFaultRecords(tell);
  const close = async () => {
    for (const fault of faults.values()) fault.lift();
    await Promise.all([...hops.values()].map((hop) => hop[Symbol.asyncDispose]()));
  };

  function meet(fault: Fault, passage: Passage, isNew: boolean): void {
    const way = passage.ways.find((one) => fault.concerns(one));
    if (way && fault.meet(passage, isNew)) records.met(fault, way);
  }
  const ofHops = {
    all: () => faults.values(),
    admit(passage: Passage) {
      for (const fault of faults.values()) meet(fault, passage, true);
    },
    did: records.did,
  };

  const opened = await Promise.allSettled(
    config.hops.map(async (hop) => {
      hops.set(hop.id, await openHop(hop, ofHops));
    }),
  );
  const failed = opened.find((one) => one.status === 'rejected');
  if (failed) {
    await close();
    throw failed.reason;
  }

  return {
    ports: Object.fromEntries([...hops.values()].map(({ id, port }) => [id, port])),
    upstream({ hop: id, host, port }) {
      const hop = hops.get(id);
      if (!hop) throw noSuchHop(id);
      hop.forwardTo({ host, port });
    },
    impose(described) {
      const fault = faultOf(described);
      faults.set(fault.id, fault);
      for (const hop of hops.values()) {
        for (const passage of [...hop.passages()]) meet(fault, passage, false);
      }
    },
    heal(id) {
      const fault = faults.get(id);
      if (!fault) throw noSuchFault(id);
      faults.delete(id);
      fault.lift();
      for (const hop of hops.values()) hop.release(id);
      return fault.touched;
    },
    census() {
      const all = [...hops.values()];
      const busy = all.reduce((sum, hop) => sum + hop.busy(), 0);
      const losses = all.flatMap((hop) => hop.losses());
      return { links: [], runnable: { bytes_in_hops: busy }, parked: {}, pages: [], losses };
    },
    [Symbol.asyncDispose]: close,
  };
}
