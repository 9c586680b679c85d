import { setTimeout as wait } from 'node:timers/promises';
import { Problem } from '../../problem.ts';
import { userId } from '../../protocol/ids.ts';
import { openUserApi } from '../../scenario/actor.ts';
import { listed } from '../../scenario/nearest.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import { topologyFor } from '../../scenario/stack-needs.ts';
import { senselessIn, senselessUnderTls } from '../../scenario/topology-sense.ts';
import type { Stack } from '../../stack/stack.ts';
import { allValid, scenarioFiles } from '../scenario-files.ts';
import type { PlayState } from './control-frames.ts';
import { playOne } from './load-play.ts';

export interface PlayHere {
  readonly file: string;
  readonly cwd: string;
  readonly pace_ms: number;
}

/**
 * Reads a scenario for a stack that runs already: its users have to be there, with its friendships among them.
 * @throws Problem with everything that is wrong with the file, or with what the stack has not got
 */
export async function readForStack(
  { file, cwd }: PlayHere,
  home: string,
  stack: Stack,
  signal: AbortSignal,
): Promise<Scenario> {
  const [scenario] = allValid([await (await scenarioFiles(cwd, home)).parse(file)]);
  if (!scenario) throw new Error(`${file} is valid and has no scenario`);
  const wanted = topologyFor(scenario, stack.topology);
  const senseless =
    wanted === stack.topology ? senselessIn(scenario, wanted) : `it is for the ${wanted} topology`;
  if (senseless !== undefined) throw notHere(file, `this stack is ${stack.topology}, and ${senseless}`);
  const hidden = stack.authorities === undefined ? undefined : senselessUnderTls(scenario);
  if (hidden !== undefined) throw notHere(file, hidden);
  const strangers = scenario.users.map(({ name }) => name).filter((name) => !isUser(name, stack));
  if (strangers.length > 0)
    throw notHere(file, `this stack has no ${listed(strangers)}`, `It has ${listed(stack.users)}.`);
  const off = differentPairs(pairsOf(await declared(scenario, stack, signal)), pairsOf(said(scenario)));
  if (off !== undefined) throw notHere(file, off, 'Its friendships have to be those of the stack.');
  return scenario;
}

/** Plays it to its verdict; rejects where the signal says stop. Its faults are healed then, too. */
export async function playHere(
  scenario: Scenario,
  { pace_ms: ms }: PlayHere,
  stack: Stack,
  signal: AbortSignal,
  onStart: (name: string, file: string) => void,
): Promise<Extract<PlayState, { state: 'ended' }>> {
  const pace = async (): Promise<void> => {
    if (ms > 0) await wait(ms, undefined, { signal });
  };
  const ended = await playOne(scenario, stack, { signal, onStart, pace });
  if (ended?.state !== 'ended') throw new Error(`${scenario.source.file} ended without a verdict`);
  return ended;
}

const isUser = (name: string, { users }: Stack): boolean => users.some((user) => user === name);

type Declared = ReadonlyMap<string, readonly string[]>;

const said = ({ users }: Scenario): Declared => new Map(users.map(({ name, friends }) => [name, friends]));

/** Whom the users of a scenario count as friends now; who cannot be asked is left to the steps. */
async function declared({ users }: Scenario, stack: Stack, signal: AbortSignal): Promise<Declared> {
  const each = await Promise.all(
    users.map(async ({ name, friends }) => {
      const reply = await openUserApi(stack, userId.parse(name), signal)('listFriends');
      return [name, reply.is === 'done' ? reply.answer.map(({ user_id }) => user_id) : friends] as const;
    }),
  );
  return new Map(each);
}

/** Who both name each other: `alice and bob`. */
function pairsOf(friends: Declared): ReadonlySet<string> {
  const names = [...friends.keys()].toSorted();
  return new Set(
    names.flatMap((one) =>
      names
        .filter(
          (other) => one < other && friends.get(one)?.includes(other) && friends.get(other)?.includes(one),
        )
        .map((other) => `${one} and ${other}`),
    ),
  );
}

function differentPairs(have: ReadonlySet<string>, want: ReadonlySet<string>): string | undefined {
  const missing = [...want].filter((pair) => !have.has(pair));
  if (missing.length > 0) return `${listed(missing)} are no friends on this stack`;
  const extra = [...have].filter((pair) => !want.has(pair));
  return extra.length > 0 ? `${listed(extra)} are friends on this stack, and not in the file` : undefined;
}

const notHere = (file: string, why: string, hint?: string) =>
  new Problem({
    code: 'not-on-this-stack',
    message: `${file} cannot be played on this stack: ${why}.`,
    hint: hint ?? 'Without --attach it gets a stack of its own.',
    exit: 2,
  });
