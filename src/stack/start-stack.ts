import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type OpenJournal, openJournal } from '../journal/open-journal.ts';
import type { Census } from '../protocol/control.ts';
import type { UserId } from '../protocol/ids.ts';
import { relayAudience } from '../protocol/tokens.ts';
import type { Answer, ChildEnvironment } from './child-process.ts';
import type { Role } from './children.ts';
import { type Death, type ManagedInstance, manageInstance } from './instance.ts';
import { createIssuer } from './issuer.ts';
import { controlLinks } from './links-control.ts';
import {
  backendHop,
  backendSettings,
  checkUsers,
  httpUrl,
  loopback,
  plannedHops,
  relayHop,
  relaySettings,
  wantedPorts,
} from './plan.ts';
import { createPool, type ProcessPool } from './pool.ts';
import { checkPorts } from './ports.ts';
import { noSuchInstance, notRunning, stopped } from './problems.ts';
import { recordRun } from './record-run.ts';
import type { Instance, Stack, StackConfig, StackUserConfig } from './stack.ts';

export interface StartOptions {
  /** Processes to use and to give back; without one, the stack has new ones, which end with it. */
  readonly pool?: ProcessPool | undefined;
  /** For a pool of its own. */
  readonly environment?: ChildEnvironment | undefined;
  /** Ends a start that is under way, and a stack that runs. */
  readonly signal?: AbortSignal | undefined;
  /** How long each process may take to become ready. */
  readonly startMs?: number | undefined;
  /** The version of collab-dev, for `stack.json`. */
  readonly version?: string | undefined;
}

const defaultStartMs = 15_000;

/** Longer than any run; the key that signs it dies with the run. */
const relayTokenSeconds = 30 * 24 * 3600;

const censusMs = 500;
const emitMs = 6000;

/**
 * Starts a relay, its links and one backend a user, and resolves when all are ready. Rejects with a Problem that names
 * who did not start and why; nothing that it started runs then.
 */
export async function startStack(config: StackConfig, options: StartOptions = {}): Promise<Stack> {
  checkUsers(config.users);
  options.signal?.throwIfAborted();
  await checkPorts(loopback, wantedPorts(config));
  await Promise.all(
    ['journal', 'logs', 'data'].map((name) => mkdir(join(config.folder, name), { recursive: true, mode: 0o700 })),
  );
  const stack = await buildStack(config, options);
  try {
    await stack.startAll();
  } catch (thrown) {
    await stack[Symbol.asyncDispose]();
    throw thrown;
  }
  return stack;
}
