import { Problem } from '../problem.ts';
import type { RunSettings } from './supervisor/settings.ts';

export type Ports = RunSettings['ports'];

/** The brief's: the relay on 9000, backends from 8000 on, pages from 3000 on. */
export const usualPorts: Ports = { relay: 9000, first_backend: 8000, first_page: 3000 };

/** Behind a base of one's own: the relay and the pages are this far from the backends. */
const behindBase = { relay: 1000, first_page: 500 };

const highest = 65_535;

interface PortWish {
  readonly ports?: string | undefined;
  readonly portBase?: string | undefined;
}

/**
 * `--ports` and `--port-base`: where the stack listens; undefined where neither is said. A base of 20000 means backends
 * from there on, pages from 20500 on, and the relay on 21000. `said` is what they are called where they come from.
 */
export function chosenPorts(
  { ports, portBase }: PortWish,
  said = { ports: '--ports', portBase: '--port-base' },
): Ports | undefined {
  if (ports !== undefined && ports !== 'auto') throw badPorts(said.ports, ports);
  if (ports !== undefined && portBase !== undefined) throw bothPorts(said);
  if (ports === 'auto') return 'auto';
  if (portBase === undefined) return undefined;
  const base = Number(portBase);
  if (!Number.isInteger(base) || base < 1024 || base + behindBase.relay > highest)
    throw badBase(said.portBase, portBase);
  return {
    relay: base + behindBase.relay,
    first_backend: base,
    first_page: base + behindBase.first_page,
  };
}

const badPorts = (said: string, given: string) =>
  new Problem({
    code: 'bad-ports',
    message: `${said} ${given} is not understood: it can only be "auto".`,
    hint: 'For ports of your own choice give --port-base, like --port-base 20000.',
    exit: 2,
  });

const bothPorts = (said: { readonly ports: string; readonly portBase: string }) =>
  new Problem({
    code: 'bad-ports',
    message: `Give either ${said.ports} auto or ${said.portBase}, not both.`,
    exit: 2,
  });

const badBase = (said: string, given: string) =>
  new Problem({
    code: 'bad-ports',
    message: `${said} ${given} is not possible: it must be a whole number from 1024 to ${highest - behindBase.relay}.`,
    exit: 2,
  });
