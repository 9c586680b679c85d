import type { Complaint } from '../scenario/complaint.ts';
import { isMap } from '../scenario/is-map.ts';
import type { YamlTree } from '../scenario/yaml-tree.ts';
import { type CommandSite, entriesOf } from './command-sites.ts';
import type { FilePorts } from './project-config.ts';

/** The brief's: the relay on 9000, backends from 8000 on, pages from 3000 on. */
export const usualPorts: FilePorts = { relay: 9000, backends: 8000, pages: 3000 };

const highest = 65_535;

interface Checking {
  readonly tree: YamlTree;
  readonly raw: Readonly<Record<string, unknown>>;
  readonly users: number;
  readonly sites: readonly CommandSite[];
}

interface Stretch {
  readonly key: string;
  readonly what: string;
  readonly first: number;
  readonly last: number;
}

/** A complaint for each two parts that would listen on one port, also a service that says where it does. */
export function checkPorts({ tree, raw, users, sites }: Checking): Complaint[] {
  const stretches = raw.ports === 'auto' ? [] : stretchesOf(raw, users);
  const at = (key: string) => tree.rangeOf(isMap(raw.ports) && key in raw.ports ? ['ports', key] : ['ports']);
  const found: Complaint[] = [];
  for (const [i, one] of stretches.entries()) {
    if (one.last > highest && one.first <= highest) {
      const message = `${one.what} would be on ${spelled(one)}, and ports end at ${highest}.`;
      found.push({ severity: 'error', ...at(one.key), message });
    }
    for (const other of stretches.slice(i + 1)) {
      if (one.last < other.first || other.last < one.first) continue;
      const message = `${one.what} would be on ${spelled(one)}, and ${lower(other.what)} on ${spelled(other)}.`;
      const hint = 'Move one of them, or say "ports: auto".';
      found.push({ severity: 'error', ...at(movable(raw, one, other)), message, hint });
    }
  }

  const services = new Map<number, string>();
  for (const { kind, name, path, raw: command } of sites) {
    const port = isMap(command.ready) ? command.ready.tcp : undefined;
    if (kind !== 'service' || typeof port !== 'number') continue;
    const own = stretches.find(({ first, last }) => port >= first && port <= last);
    const holder = services.get(port) ?? own?.what;
    if (holder !== undefined) {
      const range = tree.rangeOf([...path, 'ready', 'tcp']);
      found.push({ severity: 'error', ...range, message: `${holder} would be on ${port} too.` });
    }
    services.set(port, `"${name}"`);
  }
  return found;
}

/** The one of two that the file says something about; the later one if it does of both. */
const movable = (raw: Readonly<Record<string, unknown>>, one: Stretch, other: Stretch): string =>
  isMap(raw.ports) && !(other.key in raw.ports) ? one.key : other.key;

function stretchesOf(raw: Readonly<Record<string, unknown>>, users: number): Stretch[] {
  const given = new Map(entriesOf(raw.ports));
  const firstOf = (key: keyof FilePorts): number => {
    const port = given.get(key);
    return typeof port === 'number' && Number.isInteger(port) && port > 0 ? port : usualPorts[key];
  };
  const nodes = isMap(raw.relay) && typeof raw.relay.nodes === 'number' ? Math.max(1, raw.relay.nodes) : 1;
  const stretch = (key: keyof FilePorts, what: string, count: number): Stretch => ({
    key,
    what,
    first: firstOf(key),
    last: firstOf(key) + count - 1,
  });
  const pages = stretch('pages', 'The pages', users);
  if (raw.topology === 'single') return [stretch('backends', 'The backend', 1), pages];
  const backends = stretch('backends', 'The backends', users);
  if (raw.topology === 'direct') return [backends, pages];
  return [stretch('relay', 'The relay', nodes), backends, pages];
}

const spelled = ({ first, last }: Stretch): string => (first === last ? `${first}` : `${first} to ${last}`);
const lower = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);
