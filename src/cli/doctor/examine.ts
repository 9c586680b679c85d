import { tmpdir } from 'node:os';
import process from 'node:process';
import manifest from '../../../package.json' with { type: 'json' };
import { Problem } from '../../problem.ts';
import { loopback, wantedPorts } from '../../stack/plan.ts';
import type { WantedPort } from '../../stack/ports.ts';
import type { CommandContext } from '../commands/command.ts';
import { commandsHere } from '../config-file/commands-here.ts';
import { peopleFor } from '../config-file/run-parts.ts';
import { type ProjectSettings, projectSettings } from '../config-file/stack-settings.ts';
import { type Check, failure, ok } from './check.ts';
import { checkFiles, checkFolder, checkNode, checkTemporary, readLimits } from './check-machine.ts';
import { checkPorts } from './check-ports.ts';
import { checkPrograms, checkRedis, type NamedCommand } from './check-programs.ts';
import { checkRuns } from './check-runs.ts';

type Place = Pick<CommandContext, 'cwd' | 'env' | 'dist'>;

/** Everything that `up` here would need, looked at without starting anything. */
export async function examine(place: Place, file: string | undefined): Promise<readonly Check[]> {
  const { cwd, env } = place;
  const path = env.PATH ?? '';
  const machine = [
    checkNode(process.version, manifest.engines.node),
    await checkFolder(cwd),
    await checkTemporary(cwd, tmpdir()),
  ];
  const runs = await checkRuns(cwd);
  try {
    const project = await projectSettings({ config: file }, place);
    const { users = [] } = peopleFor(project.effective, project.loaded);
    return [
      ...machine,
      checkFiles(await readLimits(), users.length),
      ok('config', configWords(project)),
      await checkPorts(loopback, portsOf(project, users)),
      await checkRedis(path, project.effective.nodes.value ?? 1),
      ...(await checkPrograms(await commandsOf(project, users, env), path)),
      runs,
    ];
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return [...machine, failure('config', error.message, error.hint), runs];
  }
}

type People = NonNullable<ReturnType<typeof peopleFor>['users']>;

const configWords = ({ loaded }: ProjectSettings): string =>
  loaded
    ? `${loaded.path} is valid.`
    : 'There is no collab-dev.yaml here or above, so everything is as usual.';

/** Those of the stack, and those of services that say where they listen. */
function portsOf({ effective, loaded }: ProjectSettings, users: People): WantedPort[] {
  const { ports, pages, topology, nodes } = effective;
  const services = Object.entries(loaded?.config.services ?? {}).flatMap(([name, { ready }]) =>
    ready && 'tcp' in ready && typeof ready.tcp === 'number' ? [{ port: ready.tcp, what: name }] : [],
  );
  const stack = wantedPorts({
    users: users.map((user) => ({ ...user, displayName: user.display_name, acks: true })),
    ports:
      ports.value === 'auto'
        ? 'auto'
        : {
            relay: ports.value.relay,
            firstBackend: ports.value.first_backend,
            firstPage: ports.value.first_page,
          },
    pages: pages.value,
    topology: topology.value,
    relays: nodes.value,
    links: true,
    runId: '',
    folder: '',
    graceMs: 0,
  });
  return [...stack, ...services];
}

async function commandsOf(
  project: ProjectSettings,
  users: People,
  env: Place['env'],
): Promise<NamedCommand[]> {
  const found = await commandsHere(project, env);
  if (!found) return [];
  const named = (what: string, all: typeof found.backends): NamedCommand[] =>
    Object.entries(all).map(([name, command]) => ({ what: `The ${what} ${name}`, command }));
  const own = users.flatMap(({ name, frontend }): NamedCommand[] =>
    frontend && frontend !== 'off' ? [{ what: `${name}'s page`, command: frontend }] : [],
  );
  const backends = (project.loaded?.config.users ?? []).flatMap(({ name, backend, backendName }) =>
    backend && backendName === undefined ? [{ what: `${name}'s backend`, command: backend }] : [],
  );
  return [
    ...named('backend', found.backends),
    ...backends,
    ...own,
    ...named('service', found.services),
    ...named('task', found.tasks),
  ];
}
