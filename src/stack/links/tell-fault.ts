import type { LinkFaultRecord, Tell } from '../../protocol/records.ts';
import type { Fault, Passage, Unit, Way } from './faults/fault.ts';
import type { Did } from './lane.ts';

export interface LinkFaultRecords {
  /** A fault has ended a connection. */
  met(fault: Fault, way: Way): void;
  readonly did: Did;
}

/**
 * Tells the journal what faults do: one record for each event that a message speaks of. What has no name, like pings
 * and bytes that nobody can read, is told once for each fault and connection, however much of it passes.
 */
export function linkFaultRecords(tell: Tell): LinkFaultRecords {
  const toldOnce = new WeakMap<Passage, Set<string>>();
  const ofFault = ({ id, verb }: Fault, { from, to }: Way, did: LinkFaultRecord['did']) =>
    ({ type: 'link_fault', fault: id, verb, from, to, did }) as const;

  function isFirst({ passage }: Unit, { id }: Fault): boolean {
    const told = toldOnce.get(passage) ?? new Set();
    toldOnce.set(passage, told);
    if (told.has(id)) return false;
    told.add(id);
    return true;
  }

  return {
    met: (fault, way) =>
      tell({ ...ofFault(fault, way, fault.verb === 'cut' ? 'severed' : 'reset'), what: 'connection' }),
    did(fault, unit, did, ms) {
      const { message, way } = unit;
      const common = { ...ofFault(fault, way, did), ...(ms !== undefined && { ms }) };
      if (!message || message.label === undefined) {
        if (isFirst(unit, fault)) tell({ ...common, what: message ? message.what : 'bytes' });
        return;
      }
      const named = { ...common, what: message.what, name: message.label };
      if (message.events.length === 0) tell(named);
      for (const { id, type } of message.events) {
        tell({ ...named, event: id, ...(type !== undefined && { kind: type }) });
      }
    },
  };
}
