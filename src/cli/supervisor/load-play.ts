import { Problem } from '../../problem.ts';
import type { UserId } from '../../protocol/ids.ts';
import { openUserApi } from '../../scenario/actor.ts';
import type { Parsed } from '../../scenario/parse.ts';
import { parseScenario } from '../../scenario/parse.ts';
import { type RunOptions, runScenario } from '../../scenario/run.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import { topologyFor, toStackConfig } from '../../scenario/stack-needs.ts';
import { senselessIn } from '../../scenario/topology-sense.ts';
import type { Verdict } from '../../scenario/verdict.ts';
import { writePositions } from '../../scenario/write-positions.ts';
import type { Stack, StackConfig } from '../../stack/stack.ts';
import { allValid, type ScenarioFiles, scenarioFiles } from '../scenario-files.ts';
import { displayName, usualFriends, usualUsers } from '../users.ts';
import { verdictLines } from '../verdict-lines.ts';
import type { PlayState } from './control-frames.ts';
import type { RunSettings } from './settings.ts';
import { smallTour } from './tour.ts';
import { withPortfolios } from './with-portfolios.ts';

export interface PlayHooks {
  readonly signal: AbortSignal;
  readonly onStart: (name: string, file: string) => void;
  /** In front of each step. */
  readonly pace: RunOptions['pace'];
}

/** What a run plays, and the stack that this needs. */
export interface LoadedPlay {
  readonly config: StackConfig;
  /** Writes what users have before anybody is told that the stack is ready. */
  prepare(stack: Stack, signal: AbortSignal): Promise<void>;
  play(stack: Stack, hooks: PlayHooks): Promise<PlayState | undefined>;
}

const tourName = 'tour';

/** How long an absent user of `up` still counts as online: short, so that a kill is seen. */
const upGraceMs = 300;

/**
 * Reads the scenario that a run plays, and decides on the stack for it. Whoever names a file and no users gets the
 * file's; otherwise the usual ones play the shipped tour, and others a small one of their own. A stack that nobody
 * watches plays no tour: its users have their positions, and nothing has happened yet.
 * @throws Problem with every complaint about the file
 */
export async function loadPlay(settings: RunSettings, folder: string, home: string): Promise<LoadedPlay> {
  const { ports, links, pages, tls, relays, run_id: runId, cwd, users: wanted, play } = settings;
  const files = await scenarioFiles(cwd, home);
  const scenario = await chosenScenario(files, play.file, wanted ?? usualUsers);
  const needs =
    scenario && play.file !== undefined && !wanted
      ? toStackConfig(scenario, settings.topology)
      : usualStack(wanted ?? usualUsers);
  const topology = scenario ? topologyFor(scenario, settings.topology) : (settings.topology ?? 'relay');
  const senseless = scenario && senselessIn(scenario, topology);
  if (senseless !== undefined) throw makesNoSense(scenario?.source.file ?? '', senseless);
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
  const played =
    scenario && settings.mode === 'up' ? withPortfolios(scenario, names, files.fixtures) : scenario;
  if (settings.detached && play.file === undefined) {
    return {
      config,
      async prepare(stack, signal) {
        await writePositions(played?.positions ?? [], (user) => openUserApi(stack, user, signal));
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
  users: readonly UserId[],
): Promise<Scenario | undefined> {
  const parsed = await files.parse(file ?? tourName);
  const [scenario] = allValid([parsed]);
  if (file !== undefined || scenario?.users.every(({ name }) => users.some((user) => user === name)))
    return scenario;
  return ownTour(files, users);
}

function ownTour({ fixtures }: ScenarioFiles, users: readonly UserId[]): Scenario | undefined {
  const [position = ''] = fixtures.keys();
  const text = smallTour(users, position);
  if (text === undefined) return undefined;
  const parsed: Parsed = parseScenario('tour of your users', text, fixtures);
  return allValid([parsed])[0];
}

function usualStack(users: readonly UserId[]): Pick<StackConfig, 'users' | 'graceMs'> {
  const friends = usualFriends(users);
  return {
    users: users.map((name) => ({
      name,
      displayName: displayName(name),
      friends: friends.get(name) ?? [],
      acks: true,
    })),
    graceMs: upGraceMs,
  };
}

async function playOne(
  scenario: Scenario,
  stack: Stack,
  { signal, onStart, pace }: PlayHooks,
): Promise<PlayState | undefined> {
  const { name, source } = scenario;
  onStart(name, source.file);
  let verdict: Verdict | undefined;
  for await (const event of runScenario(scenario, { stack, signal, pace })) {
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
    journal: stack.journal.last,
  };
}

const makesNoSense = (file: string, reason: string) =>
  new Problem({
    code: 'makes-no-sense',
    message: `${file} cannot be played here: ${reason}.`,
    hint: 'Play it with --topology relay.',
    exit: 2,
  });
