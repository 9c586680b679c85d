import type { CommandContext } from '../commands/command.ts';
import type { RunSettings } from '../supervisor/settings.ts';
import { type Effective, effectiveSettings, type StackFlags } from './effective.ts';
import { type LoadedConfig, loadConfig } from './load-config.ts';
import { commandsFor, peopleFor } from './run-parts.ts';
import { usual } from './setting.ts';

/** What a command line says about the stack, and which file it wants read. */
export interface ProjectFlags extends StackFlags {
  readonly config?: string | undefined;
}

type Place = Pick<CommandContext, 'cwd' | 'env' | 'dist'>;

/** What counts here of flags, environment and file. */
export interface ProjectSettings {
  readonly loaded: LoadedConfig | undefined;
  readonly effective: Effective;
}

/** @throws Problem for anything that is not valid, with every complaint about the file */
export async function projectSettings(
  { config: file, ...flags }: ProjectFlags,
  { cwd, env, dist }: Place,
): Promise<ProjectSettings> {
  const loaded = await loadConfig({ cwd, env, file, home: dist });
  return { loaded, effective: effectiveSettings(flags, env, loaded) };
}

/**
 * The settings of `up`. A scenario brings its own users, so those of the file are for a stack without one, or for one
 * whose users are named beside it.
 */
export function upParts(
  { loaded, effective }: ProjectSettings,
  scenario: string | undefined,
): Pick<
  RunSettings,
  | 'users'
  | 'positions'
  | 'commands'
  | 'ports'
  | 'links'
  | 'pages'
  | 'tls'
  | 'topology'
  | 'relays'
  | 'grace_ms'
  | 'limits'
> {
  const { users, ports, links, pages, tls, topology, nodes, graceMs, limits } = effective;
  const named = users.from === '--users' || users.from === 'COLLAB_DEV_USERS';
  return {
    ...(scenario === undefined || named ? peopleFor(effective, loaded) : {}),
    ...commandsFor(effective, loaded),
    ports: ports.value,
    links: links.value,
    pages: pages.value,
    tls: tls.value,
    ...(topology.value !== undefined && { topology: topology.value }),
    // A scenario says how many nodes it needs: only flags and the environment are stronger.
    ...(nodes.value !== undefined &&
      (scenario === undefined || isSaid(nodes.from)) && { relays: nodes.value }),
    ...(graceMs.value !== undefined && { grace_ms: graceMs.value }),
    ...(limits.value !== undefined && { limits: { ...limits.value } }),
  };
}

const isSaid = (from: string): boolean => from !== usual && /^(--|COLLAB_DEV_)/.test(from);

/** What a scenario of `replay` is played with. */
export function replayParts({
  loaded,
  effective,
}: ProjectSettings): Pick<RunSettings, 'commands' | 'tls' | 'topology'> {
  const { tls, topology } = effective;
  return {
    ...commandsFor(effective, loaded),
    tls: tls.value,
    ...(topology.value !== undefined && { topology: topology.value }),
  };
}
