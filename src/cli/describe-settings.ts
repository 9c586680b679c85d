import { backendConfig } from '../protocol/backend-config.ts';
import { relayConfig } from '../protocol/relay-config.ts';
import { chosenPorts } from './ports.ts';
import { type TerminalFacts, wantsColor, wantsDashboard } from './terminal.ts';
import { usualFriends, usualUsers } from './users.ts';

export interface SettingsSource {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly version: string;
  readonly terminal: TerminalFacts;
}

/** Every setting and limit that `up` would use here and now. */
export function describeSettings({ cwd, version, terminal }: SettingsSource) {
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
    up: {
      users: usualUsers,
      friends: Object.fromEntries(usualFriends(usualUsers)),
      ports: chosenPorts({}),
      links: true,
      pages: true,
    },
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
