import { userId } from '../protocol/ids.ts';
import { backendAudience } from '../protocol/tokens.ts';
import { consultOracle } from '../scenario/consult-oracle.ts';
import { milliseconds } from '../scenario/duration.ts';
import { quietWithinMs } from '../scenario/expect-observed.ts';
import { isMap } from '../scenario/is-map.ts';
import { openRun } from '../scenario/open-run.ts';
import type { Fixtures } from '../scenario/parse.ts';
import { playSteps } from '../scenario/play-steps.ts';
import { toStackConfig } from '../scenario/stack-needs.ts';
import type { Finding } from '../scenario/verdict.ts';
import { watchDeaths } from '../scenario/watch-deaths.ts';
import type { ChildEnvironment } from '../stack/child-process.ts';
import { createRunFolder } from '../stack/run-folder.ts';
import { startStack } from '../stack/start-stack.ts';
import {
  durationOf,
  headerOf,
  mustBeFault,
  ownWords,
  parseSteps,
  withoutUndefined,
} from './in-the-language.ts';
import { ownBackends } from './own-backends.ts';
import type { Fault, StackOptions, Step, TestStack } from './stack-types.ts';
import { testUser } from './test-user.ts';
import { Unmet } from './unmet.ts';
import type { TestUser } from './user-types.ts';

export interface Surroundings {
  readonly fixtures: Fixtures;
  /** Where `.collab-dev/runs` is unless the test says otherwise. */
  readonly cwd: string;
  /** Of the processes. */
  readonly environment: ChildEnvironment;
  readonly version: string;
}

/**
 * Starts a stack and opens its users' pages, as the runner of scenario files does, and plays what a test asks for as
 * steps of the same language.
 * @throws Problem for options that are wrong, and for a stack that does not start
 */
export async function openTestStack<Name extends string>(
  options: StackOptions<Name>,
  { fixtures, cwd, environment, version }: Surroundings,
): Promise<TestStack<Name>> {
  const header = headerOf(options);
  // Of this one only what stands above its steps is used.
  const scenario = parseSteps(header, [{ heal: 'everyone' }], fixtures);
  const backends = ownBackends(options, cwd);
  const config = toStackConfig(scenario);
  await using resources = new AsyncDisposableStack();
  const signal = options.signal ?? new AbortController().signal;
  const folder = await createRunFolder(options.folder ?? cwd);
  const stack = resources.use(
    await startStack(
      {
        ...config,
        users: config.users.map((user) => ({ ...user, backend: backends.get(user.name) })),
        ports: options.ports ?? 'auto',
        runId: folder.id,
        folder: folder.path,
        links: true,
        pages: options.pages ?? false,
        tls: options.tls ?? false,
      },
      { environment, version, signal },
    ),
  );
  const deaths = resources.use(watchDeaths(stack));
  const stopped = AbortSignal.any([signal, deaths.signal]);
  const run = resources.use(await openRun(scenario, stack, stopped));
  const closing = resources.move();

  async function play(...steps: readonly Step[]): Promise<unknown> {
    const parsed = parseSteps(header, steps, fixtures);
    const found: Finding[] = [];
    let value: unknown;
    const playing = { scenario: parsed, run, deaths, stack, signal, pace: undefined, found };
    for await (const event of playSteps(parsed.steps, playing)) {
      if (event.type === 'step_ended') value = event.value;
    }
    if (found.length > 0) throw unmet(found);
    return value;
  }

  const users = recordOf(namesOf(options.users), (name): TestUser<Name> => {
    const user = userId.parse(name);
    return testUser({
      name,
      url: () => stack.urlOf(user),
      pageUrl: () => stack.pageUrlOf(user),
      token: () => stack.tokenFor(user, backendAudience(user)),
      play: (said) => play({ [name]: said }),
    });
  });
  const tell = async (name: string, word: string): Promise<void> => void (await play({ [name]: word }));
  const healOne = async (id: string): Promise<void> => {
    if (stack.faults().some((fault) => fault.id === id)) await run.context(stopped).heal({ id });
  };

  return {
    users,
    runId: stack.runId,
    folder: stack.folder,
    relayUrl: stack.topology === 'relay' ? stack.relayUrl : undefined,
    kill: (name) => tell(name, 'kill'),
    start: (name) => tell(name, 'start'),
    restart: (name) => tell(name, 'restart'),
    pause: (name) => tell(name, 'pause'),
    resume: (name) => tell(name, 'resume'),
    async fault(verb, where): Promise<Fault> {
      mustBeFault(verb);
      const imposed = await play({ [verb]: inUnits(where) });
      const id = isMap(imposed) && typeof imposed.id === 'string' ? imposed.id : '';
      return { id, heal: () => healOne(id), [Symbol.asyncDispose]: () => healOne(id) };
    },
    heal: () => run.healAll(),
    play,
    async quiet({ within } = {}) {
      const text = durationOf(within);
      const quiet = await run.context(stopped).quiet(text === undefined ? quietWithinMs : milliseconds(text));
      if (quiet.is !== 'quiet') throw notQuiet(quiet.because);
    },
    async check() {
      await run.healAll();
      const rest = await run.rest(stopped);
      const facts = { found: [], settled: rest.is === 'quiet', finished: true };
      const { findings } = await consultOracle(scenario, run, stack, facts, stopped);
      if (findings.length > 0) throw unmet(findings);
      if (rest.is !== 'quiet') throw notQuiet(rest.because);
    },
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  };
}

function namesOf<Name extends string>(users: StackOptions<Name>['users']): readonly Name[] {
  const isName = (name: string): name is Name => Object.hasOwn(users, name);
  return isList(users) ? users : Object.keys(users).filter(isName);
}

const isList = <Name>(users: readonly Name[] | object): users is readonly Name[] => Array.isArray(users);

function recordOf<Name extends string, Value>(
  names: readonly Name[],
  make: (name: Name) => Value,
): Readonly<Record<Name, Value>> {
  const record: Partial<Record<Name, Value>> = {};
  for (const name of names) record[name] = make(name);
  const isWhole = (one: Partial<Record<Name, Value>>): one is Record<Name, Value> =>
    names.every((name) => one[name] !== undefined);
  if (!isWhole(record)) throw new Error('a name has no value');
  return record;
}

/** Durations with their units, and other texts as they are. */
const inUnits = (where: object): Record<string, unknown> =>
  withoutUndefined(
    Object.fromEntries(
      Object.entries(where).map(([key, value]) => [
        key,
        (key === 'by' || key === 'jitter') && typeof value === 'number' ? durationOf(value) : ownWords(value),
      ]),
    ),
  );

/** One error of all that was found: the first gives it its name. */
function unmet(found: readonly Finding[]): Unmet {
  const [first] = found;
  const texts = found.map(({ problem, seen }) =>
    [
      problem.message,
      ...seen.map((line) => `  ${line}`),
      ...(problem.hint === undefined ? [] : [`  ${problem.hint}`]),
    ].join('\n'),
  );
  const isFailed = found.some(({ outcome }) => outcome === 'failed');
  return new Unmet({
    code: first?.problem.code ?? 'unmet',
    message: texts.join('\n\n'),
    outcome: isFailed ? 'failed' : 'inconclusive',
    seen: found.flatMap(({ seen }) => seen),
  });
}

const notQuiet = (because: string) =>
  new Unmet({
    code: 'not-quiet',
    message: `The stack does not come to rest: ${because}.`,
    outcome: 'inconclusive',
    seen: [],
  });
