import { Problem } from '../../problem.ts';
import { openUserApi } from '../../scenario/actor.ts';
import { parseScenario } from '../../scenario/parse.ts';
import { type RunOptions, runScenario } from '../../scenario/run.ts';
import type { Scenario, ScenarioPosition } from '../../scenario/scenario.ts';
import {
  noCommands,
  noPlaceFor,
  type StackCommands,
  topologyFor,
  toStackConfig,
} from '../../scenario/stack-needs.ts';
import { senselessIn, senselessUnderTls } from '../../scenario/topology-sense.ts';
import type { Verdict } from '../../scenario/verdict.ts';
import { writePositions } from '../../scenario/write-positions.ts';
import type { Stack, StackConfig } from '../../stack/stack.ts';
import { allValid, type ScenarioFiles, scenarioFiles } from '../scenario-files.ts';
import { verdictLines } from '../verdict-lines.ts';
import type { PlayState } from './control-frames.ts';
import { areTheUsualOnes, type Person, usualPeople } from './people.ts';
import type { RunSettings } from './settings.ts';
import { smallTour } from './tour.ts';
import { upGraceMs } from './up-grace.ts';
import { frameOf } from './verdict-frame.ts';
import { dealtOut, withPositions } from './with-portfolios.ts';

export interface PlayHooks {
  readonly signal: AbortSignal;
  readonly onStart: (name: string, file: string) => void;
  /** In front of each step. */
  readonly pace: RunOptions['pace'];
  /** Warnings count as failures. */
  readonly strict?: boolean | undefined;
}

/** What a run plays, and the stack that this needs. */
export interface LoadedPlay {
  readonly config: StackConfig;
  /** Writes what users have before anybody is told that the stack is ready. */
  prepare(stack: Stack, signal: AbortSignal): Promise<void>;
  play(stack: Stack, hooks: PlayHooks): Promise<PlayState | undefined>;
}

const tourName = 'tour';

/**
 * Reads the scenario that a run plays, and decides on the stack for it. Whoever names a file and no users gets the
 * file's; otherwise the usual ones play the shipped tour, and others a small one of their own. A stack that nobody
 * watches plays no tour: its users have their positions, and nothing has happened yet.
 * @throws Problem with every complaint about the file
 */
export async function loadPlay(settings: RunSettings, folder: string, home: string): Promise<LoadedPlay> {
  const { ports, links, pages, tls, relays, run_id: runId, cwd, play, commands = noCommands } = settings;
  const files = await scenarioFiles(cwd, home, Object.keys(commands.backends));
  const people = settings.users ?? (play.file === undefined ? usualPeople() : undefined);
  const scenario = await chosenScenario(files, play.file, people ?? [], settings.positions);
  const needs =
    scenario && !people
      ? toStackConfig(scenario, settings.topology, commands)
      : stackOf(people ?? [], settings, commands);
  const topology = scenario ? topologyFor(scenario, settings.topology) : (settings.topology ?? 'relay');
  const senseless =
    scenario &&
    (senselessIn(scenario, topology) ?? (people ? undefined : noPlaceFor(scenario, commands, topology)));
  const file = scenario?.source.file ?? '';
  if (senseless !== undefined) throw makesNoSense(file, senseless, 'with --topology relay');
  const hidden = scenario && tls ? senselessUnderTls(scenario) : undefined;
  if (hidden !== undefined) throw makesNoSense(file, hidden, 'without --tls');
  const config: StackConfig = {
    ...needs,
    topology,
    ports:
      ports === 'auto'
        ? ports
        : { relay: ports.relay, firstBackend: ports.first_backend, firstPage: ports.first_page },
    runId,
    folder,
    links,
    pages,
    tls,
    ...(relays !== undefined && { relays }),
  };
  const names = config.users.map(({ name }) => name);
  const positions = settings.positions ?? dealtOut(names, scenario?.positions ?? [], files.fixtures);
  const played = scenario && settings.mode === 'up' ? withPositions(scenario, names, positions) : scenario;
  if (settings.mode === 'up' && (!played || (settings.detached && play.file === undefined))) {
    return {
      config,
      async prepare(stack, signal) {
        const written = played?.positions ?? positions;
        await writePositions(written, (user) => openUserApi(stack, user, signal));
      },
      play: async () => undefined,
    };
  }
  return {
    config,
    prepare: async () => {},
    play: async (stack, hooks) => (played ? playOne(played, stack, hooks) : undefined),
  };
}

async function chosenScenario(
  files: ScenarioFiles,
  file: string | undefined,
  people: readonly Person[],
  positions: readonly ScenarioPosition[] | undefined,
): Promise<Scenario | undefined> {
  if (file !== undefined || (positions === undefined && areTheUsualOnes(people))) {
    return allValid([await files.parse(file ?? tourName)])[0];
  }
  const { fixtures } = files;
  const text = smallTour(people, positions, fixtures);
  if (text === undefined) return undefined;
  return allValid([parseScenario('tour of your users', text, fixtures)])[0];
}

function stackOf(
  people: readonly Person[],
  { grace_ms: graceMs = upGraceMs, limits }: RunSettings,
  { services, tasks }: StackCommands,
): Pick<StackConfig, 'users' | 'graceMs' | 'limits' | 'services' | 'tasks'> {
  return {
    users: people.map(({ name, display_name: displayName, friends, backend, frontend }) => ({
      name,
      displayName,
      friends,
      acks: true,
      ...(backend && { backend }),
      ...(frontend && { frontend }),
    })),
    graceMs,
    limits,
    services,
    tasks,
  };
}

/** Plays a scenario to its verdict; rejects where the signal says stop. */
export async function playOne(
  scenario: Scenario,
  stack: Stack,
  { signal, onStart, pace, strict }: PlayHooks,
): Promise<PlayState | undefined> {
  const { name, source } = scenario;
  onStart(name, source.file);
  let verdict: Verdict | undefined;
  for await (const event of runScenario(scenario, { stack, signal, pace, strict })) {
    if (event.type === 'scenario_ended') verdict = event.verdict;
  }
  if (!verdict) return undefined;
  await stack.journal.refresh();
  const { outcome, exit, ms, file } = verdict;
  return {
    state: 'ended',
    name,
    file,
    verdict: outcome,
    exit,
    ms,
    report: [...verdictLines(verdict)],
    details: frameOf(verdict),
    journal: stack.journal.last,
  };
}

const makesNoSense = (file: string, reason: string, how: string) =>
  new Problem({
    code: 'makes-no-sense',
    message: `${file} cannot be played here: ${reason}.`,
    hint: `Play it ${how}.`,
    exit: 2,
  });
