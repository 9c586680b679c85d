import { z } from 'zod';
import { eventType } from '../../protocol/events.ts';
import { eventId } from '../../protocol/ids.ts';

/**
 * What became of an event for one candidate recipient, in one word:
 *
 * - `delivered`: the recipient's backend has committed it. `handed_over`: written to the socket of a backend that does
 *   not acknowledge, and more will never be known.
 * - `waiting`: in the sender's outbox, for somebody who is not there (`code` says how). `not_friends`: likewise, but
 *   until both have named the other. `limited`: until a limit opens. `not_sent`: it has not left the sender's backend.
 * - `refused`, `quarantined`: the recipient's word. `revoked`: the access that it rests on was taken back.
 *   `rejected`: the relay's word, for all recipients.
 * - `dropped`: a fault ate it. `purged`, `merged`, `expired`: the sender gave it up.
 * - `under_way`: nothing final was seen. A missing record proves nothing.
 */
export const verdictWord = z.enum([
  'delivered',
  'handed_over',
  'waiting',
  'not_friends',
  'limited',
  'not_sent',
  'refused',
  'quarantined',
  'revoked',
  'rejected',
  'dropped',
  'purged',
  'merged',
  'expired',
  'under_way',
]);
export type VerdictWord = z.infer<typeof verdictWord>;

/** A record that shows something: its number in the merged journal, its time (ms since 1970), whose it is, in words. */
const evidence = z.object({ n: z.int(), at: z.number(), process: z.string(), words: z.string() });
export type Evidence = z.infer<typeof evidence>;

/** One of the brief's ten steps; without `at` it was not seen, and `missing` says why as far as that is known. */
const explainedStep = z.object({
  n: z.int().min(1).max(10),
  text: z.string(),
  process: z.string().optional(),
  at: z.number().optional(),
  ms: z.number().optional(),
  missing: z.string().optional(),
});

export const judgement = z.object({
  verdict: verdictWord,
  /** One sentence without a full stop. */
  words: z.string(),
  /** The relay's, the recipient's or the fetch's own word for it. */
  code: z.string().optional(),
  /** Of `limited`: whose limit, and when it opens. */
  scope: z.string().optional(),
  retry_after_ms: z.number().optional(),
  /** Of `dropped`: the fault's id. */
  fault: z.string().optional(),
  /** Of `merged`: the event that it became part of. */
  into: eventId.optional(),
  /** The records that show it, oldest first. */
  because: z.array(evidence),
});
export type Judgement = z.infer<typeof judgement>;

export const explainedRecipient = judgement.extend({
  to: z.string(),
  /** Each time that it was sent to this recipient, with what came of it. */
  attempts: z.array(
    z.object({ attempt: z.int(), at: z.number(), words: z.string(), records: z.array(evidence) }),
  ),
  steps: z.array(explainedStep),
});
export type ExplainedRecipient = z.infer<typeof explainedRecipient>;

const aboutEvent = {
  /** The run, with the scenario's folder where it is one of `collab-dev test`. */
  run: z.string(),
  event: eventId,
  type: eventType,
  from: z.string(),
  position: z.string().optional(),
  cause: z.string().optional(),
  /** When its first step was seen, in ms since 1970. */
  at: z.number(),
};

/** `collab-dev explain EVENT --format json`. */
export const explanation = z.object({ ...aboutEvent, recipients: z.array(explainedRecipient) });
export type Explanation = z.infer<typeof explanation>;

/** `collab-dev explain --format json`: the events of a run, the newest last. */
export const eventList = z.object({
  run: z.string(),
  events: z.array(
    z.object({
      ...aboutEvent,
      recipients: z.array(
        z.object({ to: z.string(), verdict: verdictWord, words: z.string(), code: z.string().optional() }),
      ),
    }),
  ),
});
export type EventList = z.infer<typeof eventList>;
export type ListedEvent = EventList['events'][number];
