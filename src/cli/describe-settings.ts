import { backendConfig } from '../protocol/backend-config.ts';
import { relayConfig } from '../protocol/relay-config.ts';
import type { Effective } from './config-file/effective.ts';
import type { ProjectSettings } from './config-file/stack-settings.ts';
import { upGraceMs } from './supervisor/up-grace.ts';
import { type TerminalFacts, wantsColor, wantsDashboard } from './terminal.ts';

export interface SettingsSource {
  readonly cwd: string;
  readonly version: string;
  readonly terminal: TerminalFacts;
}

/** Every setting and limit that `up` would use here and now; `from` says where those of the stack come from. */
export function describeSettings({ cwd, version, terminal }: SettingsSource, project: ProjectSettings) {
  const relay = relayConfig.parse({ trust: {} });
  const backend = backendConfig.parse({
    user_id: 'alice',
    display_name: 'Alice',
    port: 0,
    collab_url: `http://${relay.host}:${relay.port}`,
    data_dir: cwd,
    owner_trust: {},
  });
  return {
    version,
    node: process.version,
    platform: `${process.platform}-${process.arch}`,
    folder: cwd,
    dashboard: wantsDashboard(undefined, terminal),
    color: wantsColor('auto', terminal),
    config: project.loaded?.path ?? null,
    env_file: project.loaded?.envFile ?? null,
    up: valuesOf(project),
    from: sourcesOf(project.effective),
    relay: {
      host: relay.host,
      port: relay.port,
      grace_ms: relay.grace_ms,
      unavailable_after_ms: relay.unavailable_after_ms,
      limits: relay.limits,
    },
    backend: {
      host: backend.host,
      acks: backend.acks,
      allow_private: backend.allow_private,
      outbox_limit: backend.outbox_limit,
      outbox_age_ms: backend.outbox_age_ms,
      timing: backend.timing,
    },
  };
}

/** Of a command its names are enough: what it is told may be a secret. */
function valuesOf({ effective, loaded }: ProjectSettings) {
  const { users, friends, positions, backends, ports, topology, nodes, tls, links, pages } = effective;
  const { services = {}, tasks = {} } = loaded?.config ?? {};
  return {
    users: users.value,
    friends: Object.fromEntries(friends.value),
    positions: positions.value
      ? Object.fromEntries(
          [...Map.groupBy(positions.value, ({ owner }) => owner)].map(([owner, own]) => [
            owner,
            own.map(({ name }) => name),
          ]),
        )
      : 'fixtures, dealt out',
    backends: backends.value,
    services: Object.keys(services),
    tasks: Object.keys(tasks),
    topology: topology.value ?? 'relay',
    relays: nodes.value ?? 1,
    grace_ms: effective.graceMs.value ?? upGraceMs,
    limits: effective.limits.value ?? {},
    ports: ports.value,
    tls: tls.value,
    links: links.value,
    pages: pages.value,
  };
}

function sourcesOf(effective: Effective): Record<string, string> {
  const { users, friends, positions, backends, ports, topology, nodes, graceMs, limits, tls, links, pages } =
    effective;
  const all = { users, friends, positions, backends, topology, relays: nodes, grace_ms: graceMs, limits };
  const each = Object.entries({ ...all, ports, tls, links, pages });
  return Object.fromEntries(each.map(([name, { from }]) => [name, from]));
}
