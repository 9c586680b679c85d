import { linkFault, type Upstream } from '../protocol/links-config.ts';
import type { Tell } from '../protocol/records.ts';
import type { Answer } from './child-process.ts';
import { inWords, whereIn } from './fault-words.ts';
import type { ManagedInstance } from './managed-instance.ts';
import {
  hiddenByTls,
  isPaused,
  noLinkBetween,
  noLinks,
  noSuchFault,
  notRunning,
  sealedByTls,
} from './problems.ts';
import type { FaultInForce, WantedFault } from './stack.ts';

export type HealWhich = { readonly id: string } | { readonly name: string } | 'everyone';

/** What the stack keeps about its links: where each hop leads, and what is in force, through restarts of either. */
export interface LinksControl {
  /** Where a hop leads from now on. */
  lead(upstream: Upstream): Promise<void>;
  /** Tells a new links process all that an earlier one knew. */
  repeat(): Promise<void>;
  impose(fault: WantedFault): Promise<FaultInForce>;
  heal(which: HealWhich): Promise<readonly (FaultInForce & { readonly touched: number })[]>;
  faults(): readonly FaultInForce[];
  /** Whether a fault lies between two names, in either direction. */
  isDisturbed(one: string, other: string): boolean;
}

/** How long the links process may take to answer, in milliseconds. */
const answerMs = 5000;

export function controlLinks(
  /** Undefined in a stack without links. */
  links: () => ManagedInstance | undefined,
  {
    tell,
    users,
    others = ['relay'],
    tls,
  }: {
    readonly tell: Tell;
    readonly users: readonly string[];
    /** What else is at the end of a link: the relay, or `everyone`, for all that are not the other end. */
    readonly others?: readonly string[];
    readonly tls: boolean;
  },
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

  function chosen(which: HealWhich): FaultInForce[] {
    const all = [...inForce.values()];
    if (which === 'everyone') return all;
    if ('name' in which) return all.filter(({ from, to }) => from === which.name || to === which.name);
    const found = inForce.get(which.id);
    if (!found) throw noSuchFault(which.id);
    return [found];
  }

  function told(fault: FaultInForce, state: 'in_force' | 'healed', touched?: number): void {
    const { id, verb, from, to } = fault;
    const how = inWords(fault);
    tell({
      type: 'fault',
      id,
      verb,
      what: whereIn(fault),
      from,
      to,
      ...(how && { how }),
      state,
      ...(touched !== undefined && { touched }),
    });
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
      await Promise.all([...inForce.values()].map((fault) => ask({ type: 'impose', fault })));
    },
    async impose(wanted) {
      const { from, to, verb } = wanted;
      const isEnd = (name: string) => others.includes(name) || users.includes(name);
      if (!isEnd(from) || !isEnd(to) || from === to) throw noLinkBetween(from, to);
      if (tls && from !== 'relay' && to !== 'relay') throw hiddenByTls(from, to);
      if (tls && picksMessages(wanted)) throw sealedByTls(verb);
      lastFault += 1;
      const fault = linkFault.parse({ ...wanted, id: `${verb}-${lastFault}` });
      await ask({ type: 'impose', fault });
      inForce.set(fault.id, fault);
      told(fault, 'in_force');
      return fault;
    },
    async heal(which) {
      return Promise.all(
        chosen(which).map(async (fault) => {
          const touched = await lift(fault);
          inForce.delete(fault.id);
          told(fault, 'healed', touched);
          return { ...fault, touched };
        }),
      );
    },
    faults: () => [...inForce.values()],
    isDisturbed: (one, other) =>
      [...inForce.values()].some(
        ({ from, to }) => (from === one && to === other) || (from === other && to === one),
      ),
  };
}

/** Whether a fault has to tell one message on a link from another, which TLS hides from everybody on the way. */
const picksMessages = (fault: WantedFault): boolean =>
  fault.verb === 'duplicate' ||
  ('type' in fault && fault.type !== undefined) ||
  ('nth' in fault && fault.nth !== undefined) ||
  ('chance' in fault && fault.chance !== undefined);
