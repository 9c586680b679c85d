import { z } from 'zod';
import type { UserId } from '../protocol/ids.ts';
import { inWords } from './duration.ts';
import type { Leaves } from './leaves.ts';
import type { Observed } from './observed.ts';
import type { StepContext } from './step-context.ts';
import { failed, inconclusive, passed, type StepEnd } from './step-end.ts';
import type { Stream } from './stream.ts';
import { candidateLines, describeSeen, describeWanted, isMatch, type Wanted } from './wanted.ts';

/** As long as an act: on a loaded machine what is about to come may take seconds. */
export const expectWithinMs = 5000;
/** How long a step waits for quiet; it is there as soon as nothing is under way. */
export const quietWithinMs = 5000;

/** What every expectation about events can say. */
export const eventOptions = ({ position, user, pattern, duration, name }: Leaves) =>
  z.strictObject({
    about: position.optional(),
    from: user.optional(),
    match: pattern.optional(),
    within: duration.optional(),
    after: name.optional().meta({ description: 'Only what came after the step of this name had begun.' }),
    must: z
      .literal(true)
      .optional()
      .meta({ description: 'The scenario stops here if this does not come true.' }),
  });

/** What only those can say that wait for something to come. */
export const arrivalOptions = (leaves: Leaves) =>
  eventOptions(leaves).extend({
    count: z
      .union([
        z.int().min(0),
        z.strictObject({ min: z.int().min(0).optional(), max: z.int().min(0).optional() }),
      ])
      .transform((count) =>
        typeof count === 'number'
          ? { min: count, max: count }
          : { min: count.min ?? 0, max: count.max ?? Number.POSITIVE_INFINITY },
      )
      .optional()
      .meta({
        description: 'Exactly so many, or between min and max; closed by quiet. Absent: at least one.',
      }),
    as: leaves.name.optional().meta({ description: 'Names the event, for $refs.' }),
  });

type EventOptions = z.output<ReturnType<typeof eventOptions>>;
type ArrivalOptions = z.output<ReturnType<typeof arrivalOptions>>;

/** The ids and values behind the words of an expectation. */
export function wantedOf(context: StepContext, type: string, { about, from, match }: EventOptions): Wanted {
  return {
    type,
    about: about === undefined ? undefined : context.names.idOf(about),
    from,
    match: match === undefined ? undefined : context.names.resolve(match),
  };
}

/** Tells what came after the step of a name had begun; without a name, everything did. */
export function sinceStep(
  context: StepContext,
  who: UserId,
  stream: Stream,
  after: string | undefined,
): (one: Observed) => boolean {
  const mark = after === undefined ? undefined : context.marks.get(after)?.get(who);
  if (!mark) return () => true;
  const { unreadAt } = mark;
  const last = stream.witness === 'page' ? mark.page : mark.backend;
  return ({ n, committedAt }) =>
    n > last && (unreadAt === undefined || committedAt === undefined || committedAt > unreadAt);
}

/** Waits for what is wanted and claims it: the earliest, or exactly as many as were said. */
export async function expectArrival(
  context: StepContext,
  who: UserId,
  stream: Stream,
  wanted: Wanted,
  options: ArrivalOptions,
): Promise<StepEnd> {
  const { waker, signal, names } = context;
  const labelOf = (id: string) => names.labelOf(id);
  const withinMs = options.within ?? expectWithinMs;
  const isLater = sinceStep(context, who, stream, options.after);
  const verb = stream.witness === 'page' ? 'seen' : 'received';
  const what = describeWanted(wanted, labelOf);
  let readable = true;
  const matching = async (): Promise<Observed[]> => {
    readable = await stream.refresh();
    return stream.observed.filter(
      (one) => one.applied && isLater(one) && !stream.claimed.has(one.n) && isMatch(wanted, one),
    );
  };
  const there = () =>
    candidateLines(
      wanted,
      stream.observed.filter(isLater).map((one) => ({ ...one, taken: stream.claimed.has(one.n) })),
      labelOf,
      stream.witness,
    );
  const unreadable = () =>
    inconclusive(
      'not-readable',
      `${who}'s ${stream.witness} could not be read, so nobody knows whether ${what} came.`,
    );

  const unknown = unmatchable(who, stream, [wanted]);
  if (unknown) return unknown;
  const { count } = options;
  const least = count?.min ?? 1;
  const first = await waker.until(withinMs, signal, async () => {
    const found = await matching();
    if (found.length < least || !readable) return undefined;
    // Claimed before anybody else can look: expectations may run beside one another.
    if (!count && found[0]) stream.claimed.add(found[0].n);
    return found;
  });
  if (!first && !readable) return unreadable();
  if (!first) {
    const times = least === 1 ? '' : ` ${least} times`;
    return failed('not-seen', `${who} has not ${verb} ${what}${times} within ${inWords(withinMs)}.`, there());
  }
  if (!count) return passed(first[0]?.body, wordOf(stream));

  const quiet = await context.quiet(quietWithinMs);
  const all = await matching();
  if (!readable) return unreadable();
  if (all.length > count.max) {
    const message = `${who} has ${verb} ${what} ${all.length} times, and ${count.max} were expected.`;
    return failed(
      'too-many',
      message,
      all.map((one) => `${one.n}. ${describeSeen(one, labelOf)}`),
    );
  }
  if (quiet.is !== 'quiet') return notQuiet(`how often ${who} gets ${what}`, quiet.because);
  for (const one of all) stream.claimed.add(one.n);
  return passed(all[0]?.body, quiet.proof);
}

/** Whose word a verdict rests on, where it is not the usual one's. */
export const wordOf = ({ witness }: Stream): string | undefined =>
  witness === 'relay' ? "by the relay's word: the backend shows no inbox" : undefined;

/** The end of a step that asks for more of an event than its witness knows. */
export function unmatchable(
  who: UserId,
  { witness }: Stream,
  wanted: readonly Wanted[],
): StepEnd | undefined {
  if (witness !== 'relay' || wanted.every(({ match }) => match === undefined)) return undefined;
  return inconclusive(
    'no-content',
    `${who}'s backend shows no inbox (GET /api/v1/inbox), and the relay does not know what an event says: nobody can tell whether it matches.`,
  );
}

export function notQuiet(question: string, because: string): StepEnd {
  return inconclusive('not-quiet', `Nobody can tell ${question}: ${because}.`);
}
