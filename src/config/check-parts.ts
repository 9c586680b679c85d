import type { Complaint, Range } from '../scenario/complaint.ts';
import { didYouMean, listed } from '../scenario/nearest.ts';
import { reservedNames } from '../scenario/reserved.ts';
import type { YamlTree } from '../scenario/yaml-tree.ts';
import { type CommandSite, entriesOf } from './command-sites.ts';

interface Checking {
  readonly tree: YamlTree;
  readonly raw: Readonly<Record<string, unknown>>;
  readonly users: readonly string[];
  readonly sites: readonly CommandSite[];
}

/** What a backend is told by whoever starts it: another value would cut it off from its stack. */
const givenToBackends = [
  'USER_ID',
  'PORT',
  'COLLAB_URL',
  'COLLAB_TOKEN',
  'COLLAB_TOKEN_FILE',
  'PUBLIC_URL',
] as const;

/** `backend` is the one process of the single topology. */
const alsoReserved: ReadonlySet<string> = new Set([...reservedNames, 'backend']);

/** Holds the names of backends, services and tasks against one another, and against those of users and of the stack. */
export function checkParts(checking: Checking): Complaint[] {
  return [
    ...names(checking),
    ...backendNames(checking),
    ...waits(checking),
    ...cycles(checking),
    ...given(checking),
  ];
}

const error = (range: Range, message: string, hint?: string): Complaint => ({
  severity: 'error',
  ...range,
  message,
  hint,
});

/** Services and tasks are called as users are: by one name each, in `logs`, `ps` and `kill`. */
function names({ tree, raw, users }: Checking): Complaint[] {
  const services = entriesOf(raw.services).map(([name]) => name);
  return ['services', 'tasks'].flatMap((key) =>
    entriesOf(raw[key]).flatMap(([name]) => {
      const at = tree.keyRangeOf([key, name]);
      const one = key === 'services' ? 'service' : 'task';
      if (alsoReserved.has(name) || /^relay\.\d+$/.test(name))
        return [error(at, `"${name}" names another part of the stack, so no ${one} can be called that.`)];
      if (users.includes(name)) return [error(at, `"${name}" is a user already.`)];
      if (key === 'tasks' && services.includes(name)) return [error(at, `"${name}" is a service already.`)];
      return [];
    }),
  );
}

function backendNames({ tree, raw }: Checking): Complaint[] {
  const known = entriesOf(raw.backends).map(([name]) => name);
  return entriesOf(raw.users).flatMap(([user, settings]) =>
    entriesOf(settings).flatMap(([key, name]) => {
      if (key !== 'backend' || typeof name !== 'string' || known.includes(name)) return [];
      const hint =
        known.length === 0
          ? 'Name it under "backends", or write { command: … } here.'
          : `There ${known.length === 1 ? 'is' : 'are'} ${listed(known)}; a map with a command can stand here too.`;
      const message = `"${name}" is no backend of this file.${didYouMean(name, known)}`;
      return [error(tree.rangeOf(['users', user, 'backend']), message, hint)];
    }),
  );
}

function waits({ tree, raw, sites }: Checking): Complaint[] {
  const tasks = entriesOf(raw.tasks).map(([name]) => name);
  const known = [...new Set([...entriesOf(raw.services).map(([name]) => name), ...tasks])];
  return sites.flatMap(({ path, raw: command }) =>
    entriesOf(command.depends_on).flatMap(([name, state]) => {
      const at = [...path, 'depends_on', name];
      if (!known.includes(name)) {
        const hint =
          known.length === 0 ? undefined : `There ${known.length === 1 ? 'is' : 'are'} ${listed(known)}.`;
        const message = `"${name}" is no service or task of this file.${didYouMean(name, known)}`;
        return [error(tree.keyRangeOf(at), message, hint)];
      }
      if (state !== 'completed' || tasks.includes(name)) return [];
      const message = `"${name}" is a service, and only a task is ever completed.`;
      return [error(tree.rangeOf(at), message, 'Wait until it is "ready", or has "started".')];
    }),
  );
}

/** Each ring of services and tasks that wait for one another, once, where it is met first. */
function cycles({ tree, sites }: Checking): Complaint[] {
  const parts = sites.filter(({ kind }) => kind === 'service' || kind === 'task');
  const byName = new Map(parts.map((site) => [site.name, site]));
  const over = new Set<string>();
  const found: Complaint[] = [];

  const visit = (name: string, way: readonly string[]): void => {
    const from = way.indexOf(name);
    if (from !== -1) {
      const last = byName.get(way.at(-1) ?? '');
      if (!last) return;
      const [first = name, ...rest] = [...way.slice(from), name].map((one) => `"${one}"`);
      const at = tree.keyRangeOf([...last.path, 'depends_on', name]);
      found.push(error(at, `${first} waits for ${rest.join(', which waits for ')}: it can never start.`));
      return;
    }
    if (over.has(name)) return;
    for (const [next] of entriesOf(byName.get(name)?.raw.depends_on)) visit(next, [...way, name]);
    over.add(name);
  };
  for (const { name } of parts) visit(name, []);
  return found;
}

function given({ tree, sites }: Checking): Complaint[] {
  return sites.flatMap(({ kind, path, raw }) => {
    const taken: readonly string[] =
      kind === 'backend' ? givenToBackends : kind === 'frontend' ? ['PORT'] : [];
    return entriesOf(raw.env).flatMap(([name]) =>
      taken.includes(name)
        ? [
            error(
              tree.keyRangeOf([...path, 'env', name]),
              `${name} is given to each ${kind} by the stack, with a value of its own.`,
              'Leave it out here, and use what comes.',
            ),
          ]
        : [],
    );
  });
}
