import { Problem } from '../problem.ts';
import type { RunSettings } from './supervisor/settings.ts';

/** The brief's: the relay on 9000, backends from 8000 on, pages from 3000 on. */
const usual = { relay: 9000, first_backend: 8000, first_page: 3000 };

/** Behind a base of one's own: the relay and the pages are this far from the backends. */
const behindBase = { relay: 1000, first_page: 500 };

const highest = 65_535;

/**
 * `--ports` and `--port-base`: where the stack listens. A base of 20000 means backends from there on, pages
 * from 20500 on, and the relay on 21000.
 */
export function chosenPorts(options: {
  readonly ports?: string | undefined;
  readonly portBase?: string | undefined;
}): RunSettings['ports'] {
  const { ports, portBase } = options;
  if (ports !== undefined && ports !== 'auto') throw badPorts(ports);
  if (ports !== undefined && portBase !== undefined) throw bothPorts();
  if (ports === 'auto') return 'auto';
  if (portBase === undefined) return usual;
  const base = Number(portBase);
  if (!Number.isInteger(base) || base < 1024 || base + behindBase.relay > highest) throw badBase(portBase);
  return {
    relay: base + behindBase.relay,
    first_backend: base,
    first_page: base + behindBase.first_page,
  };
}

const badPorts = (given: string) =>
  new Problem({
    code: 'bad-ports',
    message: `--ports ${given} is not understood: it can only be "auto".`,
    hint: 'For ports of your own choice give --port-base, like --port-base 20000.',
    exit: 2,
  });

const bothPorts = () =>
  new Problem({ code: 'bad-ports', message: 'Give either --ports auto or --port-base, not both.', exit: 2 });

const badBase = (given: string) =>
  new Problem({
    code: 'bad-ports',
    message: `--port-base ${given} is not possible: it must be a whole number from 1024 to ${highest - behindBase.relay}.`,
    exit: 2,
  });
