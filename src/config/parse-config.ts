import { resolve } from 'node:path';
import { byPlace, type Complaint } from '../scenario/complaint.ts';
import { isMap } from '../scenario/is-map.ts';
import { complaintsOfIssues } from '../scenario/issue-complaints.ts';
import type { Fixtures } from '../scenario/parse.ts';
import { friendsOf, limitsOf, positionsOf, usersOf } from '../scenario/people.ts';
import { kindOf } from '../scenario/show.ts';
import { type Source, sourceOf } from '../scenario/source.ts';
import { readYaml, type YamlTree } from '../scenario/yaml-tree.ts';
import type { ForeignCommand } from '../stack/foreign-command.ts';
import { checkParts } from './check-parts.ts';
import { checkPorts, usualPorts } from './check-ports.ts';
import { checkTopology } from './check-topology.ts';
import { checkVariables, expandTree } from './check-variables.ts';
import type { CommandInFile } from './command-schema.ts';
import { type CommandKind, type CommandSite, commandSites } from './command-sites.ts';
import { type ConfigInFile, configSchema } from './config-schema.ts';
import type { Commands, ConfigUser, ProjectConfig } from './project-config.ts';
import { toCommand } from './to-command.ts';
import type { Variables } from './variables.ts';

/** A file is either a configuration or everything that is wrong with it, sorted by place. */
export type ParsedConfig =
  | { readonly ok: true; readonly config: ProjectConfig }
  | { readonly ok: false; readonly source: Source; readonly complaints: readonly Complaint[] };

export interface ConfigSurroundings {
  /** Of the file, absolute: what `cwd` begins at. */
  readonly folder: string;
  /** The environment, over `.env`. */
  readonly variables: Variables;
  /** Positions that can be named without describing them. */
  readonly fixtures: Fixtures;
  /** Who takes part where the file says nothing. */
  readonly usualUsers: readonly string[];
  readonly isFolder: (path: string) => boolean;
}

/** Parses a `collab-dev.yaml`. Pure but for what `isFolder` asks; `file` is only a name for sentences. */
export function parseConfig(file: string, text: string, around: ConfigSurroundings): ParsedConfig {
  const source = sourceOf(file, text);
  const tree = readYaml(source, { one: 'configuration', many: 'configurations' });
  const found: Complaint[] = [];
  const config = tree.broken ? undefined : parseTree(source, tree, around, found);
  // What YAML has complained about is no value of anybody's choice.
  const trapped = new Set(tree.complaints.map(({ start }) => start));
  const complaints = [...tree.complaints, ...found.filter(({ start }) => !trapped.has(start))];
  if (!config || complaints.length > 0) return { ok: false, source, complaints: byPlace(complaints) };
  return { ok: true, config };
}

function parseTree(
  source: Source,
  tree: YamlTree,
  around: ConfigSurroundings,
  complaints: Complaint[],
): ProjectConfig | undefined {
  // A file in which everything is a comment leaves everything as it is without one.
  const raw = expandTree(tree.value ?? {}, around.variables);
  if (!isMap(raw)) {
    const message = `A configuration is a map, not ${kindOf(raw)}.`;
    const hint = 'It begins like this: "users: [alice, bob]".';
    complaints.push({ severity: 'error', ...tree.rangeOf([]), message, hint });
    return undefined;
  }
  complaints.push(...checkVariables(tree, around.variables));
  const parsed = configSchema.safeParse(raw);
  const subject = { tree, at: [], of: 'a configuration', noun: 'key', value: raw, schemas: [configSchema] };
  complaints.push(...complaintsOfIssues(parsed.error?.issues ?? [], subject));

  // Also of a file with mistakes, so that names are checked against what it does name.
  const users = usersOf(raw.users === undefined ? { users: around.usualUsers } : raw);
  const complain = (one: Complaint): void => void complaints.push(one);
  const friends = friendsOf(raw, { tree, users, complain });
  const positions = positionsOf(raw, { tree, users, fixtures: around.fixtures, complain });
  const sites = commandSites(raw);
  complaints.push(
    ...checkParts({ tree, raw, users: users.map(({ name }) => name), sites }),
    ...checkPorts({ tree, raw, users: users.length, sites }),
    ...checkTopology(tree, raw),
    ...checkFolders(tree, sites, around),
  );
  if (!parsed.success) return undefined;
  const { data } = parsed;
  const commands = (found: Record<string, CommandInFile> | undefined, kind: CommandKind): Commands =>
    mapValues(found ?? {}, (given) => toCommand(given, kind, around.folder));
  const backends = commands(data.backends, 'backend');
  return {
    source,
    users: data.users && users.map(({ name }) => userOf(name, data, backends, around.folder)),
    friends: data.friends && friends,
    positions: data.positions && positions,
    backends,
    services: commands(data.services, 'service'),
    tasks: commands(data.tasks, 'task'),
    relay: { nodes: data.relay?.nodes, graceMs: data.relay?.grace, limits: limitsOf(data.relay ?? {}) },
    topology: data.topology,
    ports: data.ports === 'auto' ? 'auto' : data.ports && withUsual(data.ports),
    tls: data.tls,
    lineOf(...path) {
      const inFile = path.reduce<unknown>((at, key) => (isMap(at) ? at[key] : undefined), raw);
      return inFile === undefined ? undefined : tree.lineOf(tree.keyRangeOf(path).start);
    },
  };
}

function userOf(name: string, { users }: ConfigInFile, backends: Commands, folder: string): ConfigUser {
  const settings = Array.isArray(users) ? undefined : users?.[name];
  const { backend, frontend, display_name: displayName } = settings ?? {};
  return {
    name,
    displayName,
    backend: typeof backend === 'string' ? backends[backend] : own(backend, 'backend', folder),
    backendName: typeof backend === 'string' ? backend : undefined,
    frontend: frontend === 'off' || frontend === false ? 'off' : own(frontend, 'frontend', folder),
  };
}

const own = (
  given: CommandInFile | undefined,
  kind: CommandKind,
  folder: string,
): ForeignCommand | undefined => given && toCommand(given, kind, folder);

const withUsual = (given: Exclude<ConfigInFile['ports'], 'auto' | undefined>) => ({
  relay: given.relay ?? usualPorts.relay,
  backends: given.backends ?? usualPorts.backends,
  pages: given.pages ?? usualPorts.pages,
});

function checkFolders(
  tree: YamlTree,
  sites: readonly CommandSite[],
  { folder, isFolder }: ConfigSurroundings,
): Complaint[] {
  return sites.flatMap(({ path, raw: { cwd } }): Complaint[] => {
    if (typeof cwd !== 'string' || isFolder(resolve(folder, cwd))) return [];
    const range = tree.rangeOf([...path, 'cwd']);
    return [{ severity: 'error', ...range, message: `There is no folder ${resolve(folder, cwd)}.` }];
  });
}

const mapValues = <From, To>(map: Readonly<Record<string, From>>, to: (value: From) => To) =>
  Object.fromEntries(Object.entries(map).map(([key, value]) => [key, to(value)]));
