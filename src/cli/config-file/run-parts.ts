import { Problem } from '../../problem.ts';
import { userId } from '../../protocol/ids.ts';
import { simulated } from '../../scenario/stack-needs.ts';
import type { RunSettings } from '../supervisor/settings.ts';
import { displayName } from '../users.ts';
import type { Effective } from './effective.ts';
import type { LoadedConfig } from './load-config.ts';

type Person = NonNullable<RunSettings['users']>[number];

/** The commands of a configuration, for whoever plays a scenario with them. */
export function commandsFor(
  { assigned }: Pick<Effective, 'assigned'>,
  loaded: LoadedConfig | undefined,
): Pick<RunSettings, 'commands'> {
  if (!loaded) return {};
  const { backends, services, tasks } = loaded.config;
  const { envFile } = loaded;
  return {
    commands: { backends, assigned, services, tasks, ...(envFile !== undefined && { env_file: envFile }) },
  };
}

/** The users of `up` and what they have, with each one's commands. */
export function peopleFor(
  { users, friends, positions, assigned, topology }: Effective,
  loaded: LoadedConfig | undefined,
): Pick<RunSettings, 'users' | 'positions'> {
  const people = users.value.map((name): Person => {
    const settings = loaded?.config.users?.find((one) => one.name === name);
    const wanted = assigned[name];
    const backend =
      wanted === undefined
        ? settings?.backend
        : wanted === simulated
          ? undefined
          : loaded?.config.backends[wanted];
    if (backend && topology.value === 'single') throw sharesOneProcess(name);
    return {
      name: userId.parse(name),
      display_name: settings?.displayName ?? displayName(name),
      friends: (friends.value.get(name) ?? []).map((friend) => userId.parse(friend)),
      ...(backend && { backend }),
      ...(settings?.frontend !== undefined && { frontend: settings.frontend }),
    };
  });
  const stranger = Object.keys(assigned).find((name) => !users.value.includes(name));
  if (stranger !== undefined) throw noSuchUser(stranger, users.value);
  return {
    users: people,
    ...(positions.value && {
      positions: positions.value.map(({ owner, name, draft }) => ({
        owner: userId.parse(owner),
        name,
        draft,
      })),
    }),
  };
}

const sharesOneProcess = (user: string) =>
  new Problem({
    code: 'shares-one-process',
    message: `In the single topology all users share one process, so ${user} cannot have a backend of their own.`,
    hint: `Say --topology relay, or --backend ${user}=${simulated}.`,
    exit: 2,
  });

const noSuchUser = (name: string, users: readonly string[]) =>
  new Problem({
    code: 'bad-backend',
    message: `A backend is given to ${name}, and there is no such user.`,
    hint: `There are ${users.join(', ')}.`,
    exit: 2,
  });
