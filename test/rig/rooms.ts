import { basename, dirname, join } from 'node:path/posix';
import type { SourceFacts } from './imports.ts';

/**
 * Who may import whom. A room may import itself and what stands here: a room, one file of a room, or, behind
 * "type", only types of it.
 */
export const rooms: Readonly<Record<string, readonly string[]>> = {
  'problem.ts': [],
  protocol: ['problem.ts'],
  http: ['protocol', 'problem.ts'],
  journal: ['protocol', 'problem.ts'],
  host: ['journal/writer.ts', 'protocol', 'problem.ts'],
  relay: ['http', 'host', 'protocol', 'problem.ts'],
  client: ['protocol', 'problem.ts'],
  backend: ['client', 'http', 'host', 'protocol', 'problem.ts'],
  frontend: ['http', 'host', 'protocol', 'problem.ts'],
  stack: ['journal', 'protocol', 'problem.ts'],
  'stack/links': ['stack', 'host', 'journal', 'protocol', 'problem.ts'],
  scenario: ['stack', 'http/exchange.ts', 'journal', 'protocol', 'problem.ts'],
  config: ['scenario', 'stack', 'protocol', 'problem.ts'],
  conformance: [
    'client/peer-key.ts',
    'client/peer-token.ts',
    'http',
    'relay/relay.ts',
    'stack/choose-port.ts',
    'stack/server-process.ts',
    'protocol',
    'problem.ts',
  ],
  report: ['journal', 'type scenario', 'protocol', 'problem.ts'],
  dashboard: ['journal', 'protocol', 'problem.ts'],
  library: ['config', 'stack', 'scenario', 'client', 'journal', 'protocol', 'problem.ts'],
  cli: [
    'conformance',
    'relay',
    'client',
    'backend',
    'frontend',
    'stack',
    'scenario',
    'config',
    'report',
    'dashboard',
    'journal',
    'host',
    'http',
    'protocol',
    'problem.ts',
  ],
};

/** What is wrong with a file of src/, in sentences. `file` is its path below src/, like `relay/routing.ts`. */
export function complaints(file: string, { imports, touchesProcess }: SourceFacts): string[] {
  const room = roomOf(file);
  const allowed = rooms[room];
  if (!allowed) return [`src/${file} is in no known room: "${room}" is not in the table of rooms.`];

  const found: string[] = [];
  for (const { from, typeOnly } of imports) {
    if (!from.startsWith('.')) continue;
    const target = join(dirname(file), from);
    const targetRoom = roomOf(target);
    if (targetRoom === '..') {
      if (target !== '../package.json')
        found.push(`src/${file} imports "${from}", which is outside of src/.`);
    } else if (targetRoom !== room && !isAllowed(allowed, target, typeOnly)) {
      const may = allowed.length === 0 ? 'nothing' : allowed.join(', ');
      found.push(`src/${file} imports "${from}", but ${room} may import only ${may}.`);
    }
  }
  if (touchesProcess && room !== 'cli' && basename(file) !== 'main.ts') {
    found.push(
      `src/${file} uses "process", which only src/cli and a main.ts may: hand it in as an argument.`,
    );
  }
  return found;
}

function isAllowed(allowed: readonly string[], target: string, typeOnly: boolean): boolean {
  const names = [target, roomOf(target)];
  return names.some((name) => allowed.includes(name) || (typeOnly && allowed.includes(`type ${name}`)));
}

/** `relay/routing.ts` → `relay`; a file that lies directly in src/ is a room of its own, and so is a listed folder. */
function roomOf(path: string): string {
  const [first = path, second] = path.split('/');
  const inner = `${first}/${second}`;
  return rooms[inner] ? inner : first;
}
