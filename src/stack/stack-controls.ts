import type { OpenJournal } from '../journal/open-journal.ts';
import type { Census } from '../protocol/census.ts';
import { foreignEmit } from './foreign-problems.ts';
import type { Issuer } from './issuer.ts';
import type { ManagedInstance } from './managed-instance.ts';
import { oneBackend, topologyOf } from './plan.ts';
import { isPaused, noReply, noSuchInstance, notRunning, oneProcess } from './problems.ts';
import type { Instance, Stack, StackConfig } from './stack.ts';
import type { StackInstances } from './stack-instances.ts';

export interface ControlledStack {
  readonly instances: StackInstances;
  readonly journal: OpenJournal;
  readonly issuer: Issuer;
  /** The stack is being stopped. */
  readonly ending: AbortSignal;
  /** Writes down what runs now. */
  readonly noted: () => Promise<void>;
}

const censusMs = 5000;
const emitMs = 6000;
/** How long a token is good for that says nothing else, in seconds. */
export const defaultTokenSeconds = 3600;

/** What has nothing under way that others would have to wait for. */
const uncounted: readonly Instance['role'][] = ['pages', 'frontend', 'service', 'task'];

/** Everything that can be asked of a running stack and done to its parts. */
export function stackControls(
  config: StackConfig,
  { instances, journal, issuer, ending, noted }: ControlledStack,
): Omit<Stack, 'relayUrl' | 'authorities' | 'onDeath' | typeof Symbol.asyncDispose> {
  const topology = topologyOf(config);
  const users = config.users.map(({ name }) => name);

  function named(name: string): ManagedInstance {
    const found = instances.all.get(name);
    if (!found && users.some((user) => user === name)) throw oneProcess(name);
    if (!found) throw noSuchInstance(name, [...instances.all.keys()]);
    return found;
  }
  /** `relay` is all of its nodes. */
  const allNamed = (name: string): readonly ManagedInstance[] =>
    name === 'relay' ? instances.relays : [named(name)];
  /** Does something to all of a name's processes that run, or do not; to a single one in any case. */
  async function each(
    name: string,
    runs: boolean | undefined,
    act: (one: ManagedInstance) => Promise<void>,
  ): Promise<void> {
    const all = allNamed(name);
    const meant = all.filter(
      ({ child }) => runs === undefined || all.length === 1 || (child !== undefined) === runs,
    );
    await Promise.all(meant.map(act));
    await noted();
  }

  /** In the single topology every user is a part of one process, and is shown as such. */
  function withParts(instance: Instance): Instance[] {
    const isWhole = instance.name === oneBackend && topology === 'single';
    return isWhole ? [instance, ...users.map((name) => ({ ...instance, name }))] : [instance];
  }

  return {
    runId: config.runId,
    folder: config.folder,
    users,
    topology,
    journal,
    instances: () => [...instances.all.values()].map(shown).flatMap(withParts),
    urlOf: (user) => instances.urlOf(user),
    pageUrlOf: (user) => instances.pageUrlOf(user),
    tokenFor: (user, audience, expiresInS = defaultTokenSeconds) =>
      issuer.tokenFor(user, audience, expiresInS),

    kill: (name) => each(name, true, (one) => one.kill()),
    start: (name) => each(name, false, (one) => one.start(ending)),
    async restart(name) {
      for (const one of allNamed(name)) {
        await one.stop();
        await one.start(ending);
      }
      await noted();
    },
    pause: (name) => each(name, undefined, (one) => one.pause()),
    resume: (name) => each(name, undefined, (one) => one.resume()),

    impose: (fault) => instances.links.impose(fault),
    cut: (fault) => instances.links.impose({ verb: 'cut', ...fault }),
    heal: (which) => instances.links.heal(which),
    faults: instances.links.faults,

    async emit(user, event) {
      const { child, state, foreign } = named(user);
      if (foreign) throw foreignEmit(user);
      if (!child) throw notRunning(user);
      if (state.id === 'paused') throw isPaused(user);
      const answer = await child.ask({ type: 'emit', event }, emitMs);
      if (answer.type !== 'done' || !answer.reply) throw noReply(user);
      return answer.reply;
    },
    async census() {
      const asked = [...instances.all.values()].filter(({ role }) => !uncounted.includes(role));
      const answers = asked.map(async (instance) => [instance.name, await censusOf(instance)] as const);
      return { by: new Map(await Promise.all(answers)) };
    },
  };
}

async function censusOf({ child, state }: ManagedInstance): Promise<Census | undefined> {
  if (!child || state.id !== 'ready') return undefined;
  try {
    const answer = await child.ask({ type: 'census' }, censusMs);
    return answer.type === 'done' ? answer.census : undefined;
  } catch {
    return undefined;
  }
}

function shown({ name, role, foreign, state, child }: ManagedInstance): Instance {
  return {
    name,
    role,
    foreign,
    state: state.id,
    pid: child?.pid,
    url: 'url' in state ? state.url : undefined,
    startMs: 'startMs' in state ? state.startMs : undefined,
  };
}
