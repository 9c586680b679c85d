import { Problem } from '../problem.ts';
import { type UserId, userId } from '../protocol/ids.ts';
import type { FaultInForce, Stack } from '../stack/stack.ts';
import { type Actor, openActor } from './actor.ts';
import { ActLog } from './acts.ts';
import { awaitCalm } from './await-calm.ts';
import { awaitQuiet } from './await-quiet.ts';
import { awaitRest } from './await-rest.ts';
import type { Range } from './complaint.ts';
import { quietWithinMs } from './expect-observed.ts';
import { Names } from './names.ts';
import type { Quietness } from './rounds.ts';
import { problemRecordOf } from './run-problems.ts';
import type { Scenario } from './scenario.ts';
import type { Mark, StepContext } from './step-context.ts';
import { Waker } from './waker.ts';
import { writePositions } from './write-positions.ts';

/** A scenario that is being run: its actors, its names, its faults. */
export interface Run extends AsyncDisposable {
  readonly actors: readonly Actor[];
  readonly acts: ActLog;
  /** Faults that have ended without having met anything. */
  readonly untouched: readonly FaultInForce[];
  /** What all that was left to chance has begun with; undefined where nothing was. */
  readonly seed: number | undefined;
  /** `range`: the step that it is for. */
  context(signal: AbortSignal, range?: Range): StepContext;
  /** Keeps how far each stream has got, under the name of a step. */
  mark(name: string): Promise<void>;
  /** Ends every fault, also those that would have healed later, and lets what is paused go on. */
  healAll(): Promise<void>;
  /** Waits until nothing is under way any more between those that run. */
  rest(signal: AbortSignal): Promise<Quietness>;
}

/**
 * Opens the pages and recorders of all users, and then writes their positions through their own backends.
 * @throws Problem
 */
export async function openRun(scenario: Scenario, stack: Stack, signal: AbortSignal): Promise<Run> {
  await using resources = new AsyncDisposableStack();
  const waker = resources.use(new Waker((wake) => stack.journal.subscribe(wake)));
  const users = scenario.users.map(({ name }) => userId.parse(name));
  const strangers = users.filter((user) => !stack.users.includes(user));
  if (strangers.length > 0) throw notOnThisStack(strangers);

  const opened = await Promise.allSettled(
    users.map(async (user) => resources.use(await openActor(stack, user, signal, () => waker.wake()))),
  );
  const actors = opened.map((one) => {
    if (one.status === 'rejected') throw one.reason;
    return one.value;
  });
  const byName = new Map(actors.map((actor) => [actor.user, actor]));
  const actor = (user: UserId): Actor => {
    const found = byName.get(user);
    if (!found) throw new Error(`the parser let "${user}" through, who is no user`);
    return found;
  };

  const names = new Names();
  if (stack.topology === 'relay') names.relay(stack.relayUrl);
  for (const user of users) names.user(user, stack.urlOf(user).replace(/\/$/, ''));
  for (const { name, id, answer } of await writePositions(scenario.positions, (user) => actor(user).api)) {
    names.position(name, id, answer);
  }

  const seed = scenario.seed ?? Math.floor(Math.random() * 2 ** 31);
  let drawn = 0;
  const acts = new ActLog();
  const marks = new Map<string, Mark>();
  const untouched: FaultInForce[] = [];
  const timers = new Set<NodeJS.Timeout>();
  const disconnected = new Map<string, string>();
  const faultNames = new Map<string, string>();
  resources.defer(() => {
    for (const timer of timers) clearTimeout(timer);
  });

  const heal = async (which: Parameters<Stack['heal']>[0]): Promise<readonly FaultInForce[]> => {
    const ended = await stack.heal(which);
    untouched.push(...ended.filter(({ touched }) => touched === 0));
    waker.wake();
    return ended;
  };
  const later = (ms: number, then: () => Promise<unknown>): void => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      // A stack that is going away has nothing left to heal; its own death is told elsewhere.
      then().catch(() => {});
    }, ms);
    timers.add(timer);
  };

  // The story begins when everybody is connected and knows who is there; what the pages saw until then is not of it.
  await awaitCalm({ stack, actors, waker, signal, healing: () => false }, quietWithinMs);
  for (const { page } of actors) page.forget();

  const closing = resources.move();
  const healAll = async (): Promise<void> => {
    for (const timer of timers) clearTimeout(timer);
    timers.clear();
    const paused = stack.instances().filter(({ state }) => state === 'paused');
    await Promise.all(paused.map(({ name }) => stack.resume(name)));
    if (stack.faults().length > 0) await heal('everyone');
  };
  return {
    actors,
    untouched,
    acts,
    get seed() {
      return drawn > 0 ? seed : undefined;
    },
    context: (signal, range) => ({
      stack,
      signal,
      acts,
      range,
      names,
      waker,
      users,
      actor,
      marks,
      disconnected,
      faultNames,
      nextSeed() {
        drawn += 1;
        return seed + drawn - 1;
      },
      heal,
      later,
      quiet: (withinMs) =>
        awaitQuiet({ stack, actors, waker, signal, healing: () => timers.size > 0 }, withinMs),
    }),
    async mark(name) {
      const each = await Promise.all(
        actors.map(async ({ user, inbox, page }) => {
          const unreadAt = (await inbox.refresh()) ? undefined : new Date().toISOString();
          return [user, { backend: inbox.last, page: page.last, unreadAt }] as const;
        }),
      );
      marks.set(name, new Map(each));
    },
    healAll,
    rest: (signal) => awaitRest({ stack, actors, waker, signal, healing: () => false }),
    async [Symbol.asyncDispose]() {
      await using _resources = closing;
      // Whoever came to the end has healed already, and knows of it if that did not work.
      await healAll().catch(problemRecordOf);
    },
  };
}

const notOnThisStack = (users: readonly string[]) =>
  new Problem({
    code: 'not-on-this-stack',
    message: `This stack has no ${users.join(', ')}, whom the scenario needs.`,
    hint: 'Start it with the users of the scenario.',
    exit: 2,
  });
