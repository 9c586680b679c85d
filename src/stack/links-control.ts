import type { CutFault, Upstream } from '../protocol/links-config.ts';
import type { Tell } from '../protocol/records.ts';
import type { Answer } from './child-process.ts';
import type { ManagedInstance } from './instance.ts';
import { isPaused, noLinkBetween, noLinks, noSuchFault, notRunning } from './problems.ts';
import type { FaultInForce } from './stack.ts';

export type HealWhich = { readonly id: string } | { readonly name: string } | 'everyone';

/** What the stack keeps about its links: where each hop leads, and what is in force, through restarts of either. */
export interface LinksControl {
  /** Where a hop leads from now on. */
  lead(upstream: Upstream): Promise<void>;
  /** Tells a new links process all that an earlier one knew. */
  repeat(): Promise<void>;
  cut(fault: Pick<FaultInForce, 'from' | 'to' | 'both'>): Promise<FaultInForce>;
  heal(which: HealWhich): Promise<readonly (FaultInForce & { readonly touched: number })[]>;
  faults(): readonly FaultInForce[];
  /** Whether a fault lies between two names, in either direction. */
  isCut(one: string, other: string): boolean;
}

/** How long the links process may take to answer, in milliseconds. */
const answerMs = 5000;

export function controlLinks(
  /** Undefined in a stack without links. */
  links: () => ManagedInstance | undefined,
  { tell, users }: { readonly tell: Tell; readonly users: readonly string[] },
): LinksControl {
  const upstreams = new Map<string, Upstream>();
  const inForce = new Map<string, FaultInForce>();
  let lastFault = 0;

  function ask(request: Parameters<NonNullable<ManagedInstance['child']>['ask']>[0]): Promise<Answer> {
    const instance = links();
    if (!instance) throw noLinks();
    if (!instance.child) throw notRunning(instance.name);
    if (instance.state.id === 'paused') throw isPaused(instance.name);
    return instance.child.ask(request, answerMs);
  }

  const asked = ({ id, from, to, both }: FaultInForce): CutFault => ({ id, from, to, both });

  function chosen(which: HealWhich): FaultInForce[] {
    const all = [...inForce.values()];
    if (which === 'everyone') return all;
    if ('name' in which) return all.filter(({ from, to }) => from === which.name || to === which.name);
    const found = inForce.get(which.id);
    if (!found) throw noSuchFault(which.id);
    return [found];
  }

  /** What a fault lay on died with the links, and what it touched is not known any more. */
  async function lift(fault: FaultInForce): Promise<number> {
    if (!links()?.child) return 0;
    const answer = await ask({ type: 'heal', fault: fault.id });
    return answer.type === 'done' ? (answer.touched ?? 0) : 0;
  }

  return {
    async lead(upstream) {
      upstreams.set(upstream.hop, upstream);
      if (links()?.state.id === 'ready') await ask({ type: 'upstream', upstream });
    },
    async repeat() {
      await Promise.all([...upstreams.values()].map((upstream) => ask({ type: 'upstream', upstream })));
      await Promise.all([...inForce.values()].map((fault) => ask({ type: 'cut', fault: asked(fault) })));
    },
    async cut({ from, to, both }) {
      const isEnd = (name: string) => name === 'relay' || users.includes(name);
      if (!isEnd(from) || !isEnd(to) || from === to) throw noLinkBetween(from, to);
      lastFault += 1;
      const fault: FaultInForce = { id: `cut-${lastFault}`, verb: 'cut', from, to, both };
      await ask({ type: 'cut', fault: asked(fault) });
      inForce.set(fault.id, fault);
      tell({ type: 'fault', id: fault.id, verb: fault.verb, what: describe(fault), state: 'in_force' });
      return fault;
    },
    async heal(which) {
      return Promise.all(
        chosen(which).map(async (fault) => {
          const touched = await lift(fault);
          inForce.delete(fault.id);
          const { id, verb } = fault;
          tell({ type: 'fault', id, verb, what: describe(fault), state: 'healed', touched });
          return { ...fault, touched };
        }),
      );
    },
    faults: () => [...inForce.values()],
    isCut: (one, other) =>
      [...inForce.values()].some(
        ({ from, to }) => (from === one && to === other) || (from === other && to === one),
      ),
  };
}

const describe = ({ from, to, both }: FaultInForce): string => `${from} ${both ? '↔' : '→'} ${to}`;
