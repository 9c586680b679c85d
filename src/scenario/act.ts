import { v7 as uuid } from 'uuid';
import { z } from 'zod';
import { outboxEntry } from '../protocol/backend-rest.ts';
import { type CommentId, cause as causeId, type EventId, type UserId } from '../protocol/ids.ts';
import type { ActOutcome, Deed } from './acts.ts';
import { inWords } from './duration.ts';
import type { Leaves } from './leaves.ts';
import { listed } from './nearest.ts';
import { isStage, reachedUntil, untils } from './receipts-reached.ts';
import { inWordsOf, type RouteReply } from './route-client.ts';
import type { StepContext } from './step-context.ts';
import { failed, inconclusive, passed, type StepEnd } from './step-end.ts';

export const actWithinMs = 5000;

/** The options of every act. */
export const actOptions = ({ duration, name }: Leaves) =>
  z.strictObject({
    within: duration.optional(),
    as: name.optional().meta({ description: 'Names what the act answered, for $refs.' }),
    outcome: z
      .strictObject({ status: z.int().optional(), code: z.string().optional() })
      .refine(({ status, code }) => status !== undefined || code !== undefined, 'needs a status or a code')
      .optional()
      .meta({ description: 'The answer that is expected; without it anything but 2xx is a failure.' }),
  });

/** The options of an act that sends events. */
export const sendingOptions = (leaves: Leaves) =>
  actOptions(leaves).extend({
    until: z
      .enum(untils)
      .default('saved')
      .meta({ description: 'How far the event has to get before the next step.' }),
    receipts: z
      .record(leaves.user, outboxEntry.shape.stage)
      .optional()
      .meta({ description: 'The receipt that each recipient is expected to lead to.' }),
  });

export type ActOptions = z.output<ReturnType<typeof actOptions>>;
type SendingOptions = ActOptions & Partial<z.output<ReturnType<typeof sendingOptions>>>;

interface Act<Answer> {
  readonly context: StepContext;
  readonly who: UserId;
  /** What was tried, for `alice could not …`. */
  readonly what: string;
  /** The same for the oracle. */
  readonly deed: Deed;
  readonly options: SendingOptions;
  readonly call: (act: { readonly cause: string; readonly timeoutMs: number }) => Promise<RouteReply<Answer>>;
  /** What `as` names. */
  readonly value: (answer: Answer) => unknown;
  readonly events?: (answer: Answer) => readonly EventId[];
  /** What the answer promises to be in the database. */
  readonly promises?: (answer: Answer) => { readonly comment?: CommentId; readonly version?: number };
}

/** Does what a user's page would do, and follows the events that come of it as far as the step asks for. */
export async function act<Answer>({
  context,
  who,
  what,
  deed,
  options,
  call,
  value,
  events,
  promises,
}: Act<Answer>): Promise<StepEnd> {
  const withinMs = options.within ?? actWithinMs;
  const end = performance.now() + withinMs;
  const cause = causeId.parse(uuid());
  const wantsMore =
    options.outcome !== undefined || (options.until ?? 'saved') !== 'saved' || options.receipts !== undefined;
  const ended = context.acts.begin({ user: who, what, deed, cause, range: context.range, wantsMore });
  const reply = await call({ cause, timeoutMs: withinMs });
  ended(outcomeOf(reply, (answer) => ({ events: events?.(answer), ...promises?.(answer) })));
  if (reply.is === 'unknown') return unknownAct(who, what, reply.why);

  const { outcome } = options;
  const code = reply.is === 'refused' ? reply.details.code : undefined;
  if (outcome) {
    if (
      (outcome.status ?? reply.status) !== reply.status ||
      (outcome.code !== undefined && outcome.code !== code)
    ) {
      const expected = [outcome.status, outcome.code].filter((part) => part !== undefined).join(' ');
      const saw = reply.is === 'refused' ? inWordsOf(reply) : String(reply.status);
      return failed('other-outcome', `${who} was to get ${expected} when trying to ${what}, and got ${saw}.`);
    }
    if (reply.is === 'refused') return passed({ status: reply.status, ...reply.details });
  }
  if (reply.is === 'refused') {
    return failed('act-refused', `${who} could not ${what}: ${inWordsOf(reply)}.`);
  }
  const ids = events?.(reply.answer) ?? [];
  const left = end - performance.now();
  const bad = await follow(context, who, ids, options, Math.max(left, 0), withinMs);
  return bad ?? passed(value(reply.answer));
}

/** What the actor was told, for the act's record. */
export function outcomeOf<Answer>(
  reply: RouteReply<Answer>,
  facts: (answer: Answer) => Omit<Extract<ActOutcome, { is: 'done' }>, 'is'>,
): ActOutcome {
  if (reply.is === 'done') return { is: 'done', ...facts(reply.answer) };
  if (reply.is === 'unknown') return { is: 'unknown', why: reply.why };
  return { is: 'refused', status: reply.status, code: reply.details.code };
}

export function unknownAct(who: string, what: string, why: string): StepEnd {
  return inconclusive(
    'act-unknown',
    `${who}'s attempt to ${what} got no answer (${why}): nobody knows whether it was carried out.`,
  );
}

/** Reads the outbox, which is the truth, whenever something happened; undefined is success. */
async function follow(
  context: StepContext,
  who: UserId,
  ids: readonly EventId[],
  { until = 'saved', receipts = {} }: SendingOptions,
  leftMs: number,
  withinMs: number,
): Promise<StepEnd | undefined> {
  const wanted = Object.entries(receipts);
  if (until === 'saved' && wanted.length === 0) return undefined;
  const { api, page } = context.actor(who);
  let open: readonly string[] = [];
  let silent = false;
  const done = await context.waker.until(leftMs, context.signal, async () => {
    const replies = await Promise.all(ids.map((id) => api('readOutbox', { query: { event_id: id } })));
    silent = replies.some((reply) => reply.is !== 'done');
    if (silent) return undefined;
    const entries = replies.flatMap((reply) => (reply.is === 'done' ? reply.answer.entries : []));
    const unmet: { readonly text: string; readonly never: boolean }[] = [];
    for (const entry of entries) {
      const reached = reachedUntil(entry, until);
      if (reached === true) continue;
      unmet.push({ text: `${stageOf(entry)}, not "${until}"`, never: reached === 'never' });
    }
    for (const [user, stage] of wanted) {
      const of = entries.filter((entry) => entry.to === user);
      if (of.length === 0) unmet.push({ text: `nothing was sent to ${user}`, never: true });
      for (const entry of of) {
        // `unavailable` may be over before anybody asks: what the page was told counts too.
        const told = page.receipts.some(
          (one) => one.event_id === entry.event_id && one.to === user && one.stage === stage,
        );
        const is = told || isStage(entry, stage);
        if (is !== true) unmet.push({ text: `${stageOf(entry)}, not "${stage}"`, never: is === 'never' });
      }
    }
    open = unmet.map(({ text }) => text);
    if (unmet.length === 0) return 'reached';
    return unmet.some(({ never }) => never) ? 'never' : undefined;
  });
  if (done === 'reached') return undefined;
  if (silent) {
    return inconclusive('outbox-unreadable', `${who}'s backend did not answer what became of the event.`);
  }
  const when = done === 'never' ? 'for good' : `after ${inWords(withinMs)}`;
  return failed(
    'not-that-far',
    `The event of ${who} did not get as far as expected: ${listed(open)}, ${when}.`,
  );
}

const stageOf = ({ type, to, stage, code }: z.output<typeof outboxEntry>): string =>
  `${type} to ${to} is "${stage}"${code === undefined ? '' : ` (${code})`}`;
