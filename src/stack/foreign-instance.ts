import { constants } from 'node:os';
import type { Census } from '../protocol/census.ts';
import type { Child } from './child-process.ts';
import { commandSource } from './command-source.ts';
import type { ForeignCommand, ReadyProbe } from './foreign-command.ts';
import { commandEnvironment, type Environment } from './foreign-environment.ts';
import { commandsOf } from './foreign-plan.ts';
import { type Ground, sharedOptions } from './ground.ts';
import { manageInstance } from './instance.ts';
import { keepRunning } from './keep-running.ts';
import type { ManagedInstance } from './managed-instance.ts';
import { untilProbed } from './ready-probe.ts';
import { spawnServer } from './server-process.ts';
import type { StartOrder } from './start-order.ts';
import { taskInstance } from './task-instance.ts';

export interface ForeignWiring {
  readonly ground: Ground;
  readonly order: StartOrder;
  /** The names of the services, whose ports every command is told. */
  readonly services: readonly string[];
}

export interface ForeignPart {
  readonly name: string;
  readonly role: 'backend' | 'frontend' | 'service' | 'task';
  readonly command: ForeignCommand;
  /** Undefined: it is ready as soon as it runs. */
  readonly probe: ReadyProbe | undefined;
  /** Where it listens itself, once its port is chosen. */
  readonly url: () => string;
  /** What it is told beyond what every command is; waits for whatever that depends on. */
  readonly environment: () => Promise<Environment>;
  readonly mayWait?: () => boolean;
  readonly census?: () => Promise<Census | undefined>;
  /** It runs: lets others reach it, and answers where. */
  readonly placed?: () => Promise<string>;
}

/** One command, over all its starts. */
export function foreignInstance(
  { ground, order, services }: ForeignWiring,
  part: ForeignPart,
): ManagedInstance {
  const { name, role, command, probe } = part;
  const { config, parts, addresses } = ground;
  const printed = new WeakMap<Child, Promise<void>>();

  async function lease(log: string): Promise<Child> {
    await order.before(name);
    const place = {
      inherited: parts.pool.environment,
      port: Number(new URL(part.url()).port),
      servicePorts: new Map(services.map((one) => [one, addresses.ports.get(one) ?? 0])),
      authoritiesFile: parts.tls?.authoritiesFile,
    };
    const environment = commandEnvironment(command, place, await part.environment());
    const [file = '', ...args] =
      typeof command.command === 'string' ? ['/bin/sh', '-c', command.command] : command.command;
    const child = spawnServer(file, args, {
      log,
      url: part.url(),
      cwd: command.cwd,
      environment,
      census: part.census,
    });
    if (probe && 'log' in probe) printed.set(child, child.output.printed(probe.log));
    order.spawned(name);
    return child;
  }

  const waiting = [...commandsOf(config)].flatMap(([other, { dependsOn }]) =>
    name in dependsOn ? [other] : [],
  );
  const processes = commandSource(lease, command.stop);
  if (role === 'task') {
    const { journal } = parts;
    return taskInstance({
      name,
      runFolder: config.folder,
      processes,
      journal,
      waiting,
      withinMs: probe?.withinMs,
    });
  }
  return keepRunning(
    (onDeath) =>
      manageInstance({
        ...sharedOptions(ground),
        name,
        role,
        foreign: true,
        tells: false,
        processes,
        onDeath,
        startMs: probe?.withinMs ?? parts.startMs,
        isClean: cleanAfter(command.stop.signal),
        waiting,
        settings: async () => ({}),
        configured: async () => part.placed?.() ?? part.url(),
        ...(probe && {
          untilReady: (attempt) =>
            untilProbed(probe, attempt, {
              url: part.url(),
              authorities: parts.tls?.authorities,
              printed: printed.get(attempt.child),
              mayWait: part.mayWait ?? (() => false),
            }),
        }),
      }),
    { policy: command.restart, journal: parts.journal, onDeath: parts.onDeath, onRestart: parts.onRestart },
  );
}

/** How a command may end that was sent a signal: by it, with 0, or as a shell tells of it (128 and the number). */
const cleanAfter =
  (signal: ForeignCommand['stop']['signal']) =>
  (exit: string): boolean =>
    ['exit code 0', signal, `exit code ${128 + constants.signals[signal]}`].includes(exit);
