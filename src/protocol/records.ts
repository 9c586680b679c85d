import { z } from 'zod';
import { eventType } from './events.ts';
import { cause, eventId, positionId, userId } from './ids.ts';
import { problemRecord } from './problem-record.ts';
import { stage } from './receipts.ts';

/**
 * Everything that can be said to have happened, as past facts. Written by the process in which it happened, read by
 * the terminal, the dashboard, `explain` and the reports. Display and timing only: verdicts never rest on a record
 * that is missing.
 */

/** What any step of one event knows. `at` is in ms since 1970 with fractions, by the writer's own clock. */
const ofEvent = {
  type: z.literal('step'),
  at: z.number(),
  event: eventId,
  kind: eventType,
  from: userId,
  position: positionId.optional(),
  cause: cause.optional(),
};

/** Why the relay did or did not hand an event to one candidate. Known to the harness, never said on the wire. */
export const routingVerdict = z.enum([
  'deliver',
  'unknown',
  'offline',
  'not_friends',
  'leaving',
  'slow',
  'limited',
  /** The user is not on this node, and the other nodes cannot be reached. */
  'bus_down',
]);
export type RoutingVerdict = z.infer<typeof routingVerdict>;

/** Who has done what the relay does where there is one: the sender's own backend, or the bus of one process. */
const carriedBy = z.enum(['peer', 'bus']);

const to = userId;

/** The life of one event, step by step; journal/ten-steps.ts holds them against the brief's ten. */
export const stepRecord = z.discriminatedUnion('step', [
  /** The backend took the page's request. There is no event yet when it arrives, so this is written with `saved`. */
  z.object({ ...ofEvent, step: z.literal('posted'), request: z.string() }),
  z.object({ ...ofEvent, step: z.literal('saved'), recipients: z.array(to) }),
  z.object({ ...ofEvent, step: z.literal('sent'), recipients: z.array(to), attempt: z.int() }),
  z.object({ ...ofEvent, step: z.literal('accepted'), recipients: z.array(to) }),
  /** `limited` is no end: its sender asks again after `retry_after_ms`. */
  z.object({
    ...ofEvent,
    step: z.literal('rejected'),
    /** Whom its frame named; absent where that was not read. */
    recipients: z.array(to).default([]),
    code: z.string(),
    scope: z.string().optional(),
    retry_after_ms: z.number().optional(),
  }),
  z.object({
    ...ofEvent,
    step: z.literal('looked_up'),
    to,
    verdict: routingVerdict,
    backend_url: z.string().optional(),
    /** Of `limited`: when the limit of this pair opens. */
    retry_after_ms: z.number().optional(),
    by: carriedBy.optional(),
  }),
  z.object({ ...ofEvent, step: z.literal('routed'), to, by: carriedBy.optional() }),
  z.object({ ...ofEvent, step: z.literal('received'), to, duplicate: z.boolean() }),
  z.object({
    ...ofEvent,
    step: z.literal('committed'),
    to,
    outcome: z.enum(['applied', 'refused', 'quarantined']),
    code: z.string().optional(),
  }),
  z.object({ ...ofEvent, step: z.literal('acknowledged'), to }),
  /** The sender's own row moved: what its user is shown. */
  z.object({
    ...ofEvent,
    step: z.literal('settled'),
    to,
    stage,
    code: z.string().optional(),
    /** True where `routed` is the last word: the recipient does not acknowledge. */
    final: z.boolean().optional(),
  }),
  /** The sender's own backend gave it up, after its commit: it will not be sent (again). */
  z.object({
    ...ofEvent,
    step: z.literal('withdrawn'),
    to,
    /** `purged`: a revoke or an unfriending came after it; `expired`: too old; `merged`: it became part of `into`. */
    why: z.enum(['purged', 'expired', 'merged']),
    into: eventId.optional(),
  }),
  z.object({
    ...ofEvent,
    step: z.literal('fetched'),
    to,
    status: z.int().optional(),
    code: z.string().optional(),
    attempt: z.int(),
    /** The owner could not be dialled, so it was asked through the relay. */
    via: z.literal('relay').optional(),
  }),
  z.object({ ...ofEvent, step: z.literal('stored'), to }),
  z.object({ ...ofEvent, step: z.literal('notified'), to, pages: z.int() }),
  /** A page socket of the harness has it in its hands. */
  z.object({ ...ofEvent, step: z.literal('shown'), to }),
]);
export type StepRecord = z.infer<typeof stepRecord>;
export type StepName = StepRecord['step'];

const at = z.number();

export const processRecord = z.object({
  type: z.literal('process'),
  at,
  name: z.string(),
  /** `paused`: stopped by SIGSTOP, and `ready` again after SIGCONT. */
  state: z.enum(['starting', 'ready', 'paused', 'stopping', 'stopped', 'failed']),
  pid: z.int().optional(),
  url: z.string().optional(),
  /** In words: `exit code 1`, `SIGKILL`. */
  exit: z.string().optional(),
  /** True where a fault or a stop asked for it. */
  wanted: z.boolean().optional(),
  last_lines: z.array(z.string()).optional(),
  start_ms: z.number().optional(),
});
export type ProcessRecord = z.infer<typeof processRecord>;

/** A backend's connection to the relay, as the relay sees it. */
export const connectionRecord = z.object({
  type: z.literal('connection'),
  at,
  user: userId,
  state: z.enum(['connected', 'disconnected', 'refused']),
  connection: z.string().optional(),
  code: z.string().optional(),
});
export type ConnectionRecord = z.infer<typeof connectionRecord>;

export const presenceRecord = z.object({
  type: z.literal('presence'),
  at,
  user: userId,
  status: z.enum(['online', 'offline']),
});

export const outboxRecord = z.object({ type: z.literal('outbox'), at, user: userId, pending: z.int() });

/** Who declared whom; what a friendship verdict rests on. */
export const friendsRecord = z.object({
  type: z.literal('friends'),
  at,
  user: userId,
  friends: z.array(userId),
  leaving: z.array(userId),
});

export const faultRecord = z.object({
  type: z.literal('fault'),
  at,
  id: z.string(),
  verb: z.string(),
  /** Where it lies, in words: `alice → relay`, `bob ↔ relay`. */
  what: z.string(),
  from: z.string().optional(),
  to: z.string().optional(),
  /** What exactly it does, where its verb does not say all: `position_shared, the 2nd`, `300 ms late`. */
  how: z.string().optional(),
  state: z.enum(['in_force', 'healed']),
  /** How many connections, frames or requests it met. */
  touched: z.int().optional(),
});
export type FaultRecord = z.infer<typeof faultRecord>;

/** What a fault did to one thing that passed a link. Written by the links process, at that moment. */
export const linkFaultRecord = z.object({
  type: z.literal('link_fault'),
  at,
  /** The fault's `id`, as in `fault` records. */
  fault: z.string(),
  verb: z.string(),
  /** Who sent what it was done to, and for whom that was. */
  from: z.string(),
  to: z.string(),
  did: z.enum(['severed', 'reset', 'dropped', 'delayed', 'duplicated', 'throttled']),
  what: z.enum(['connection', 'frame', 'request', 'bytes']),
  /** A frame by its name (`collab_event`, `collab_ack`), or a request by its method and path. */
  name: z.string().optional(),
  /** The event that it carries or speaks of; of several, each has a record of its own. */
  event: eventId.optional(),
  kind: eventType.optional(),
  /** How long it was held, where it was delayed. */
  ms: z.number().optional(),
});
export type LinkFaultRecord = z.infer<typeof linkFaultRecord>;

export const scenarioRecord = z.object({
  type: z.literal('scenario'),
  at,
  name: z.string(),
  file: z.string(),
  state: z.enum(['started', 'ended']),
  steps: z.int().optional(),
  verdict: z.enum(['passed', 'failed', 'inconclusive']).optional(),
});

/** One step of a scenario file. */
export const scenarioStepRecord = z.object({
  type: z.literal('scenario_step'),
  at,
  file: z.string(),
  line: z.int(),
  text: z.string(),
  /** In how many blocks it stands; absent means in none. */
  depth: z.int().optional(),
  /** Other steps stand in it, and come before its end. */
  block: z.literal(true).optional(),
  state: z.enum(['started', 'passed', 'failed', 'inconclusive']),
  problem: problemRecord.optional(),
  ms: z.number().optional(),
});
export type ScenarioStepRecord = z.infer<typeof scenarioStepRecord>;

/** A backend answered a peer's read of one of its user's positions: what left it beside its events. */
export const servedRecord = z.object({
  type: z.literal('served'),
  at,
  user: userId,
  to: userId,
  position: positionId,
});
export type ServedRecord = z.infer<typeof servedRecord>;

/** A sentence for people that fits nowhere else: a key that changed, a limit that was hit. */
export const noteRecord = z.object({
  type: z.literal('note'),
  at,
  level: z.enum(['info', 'warn']),
  code: z.string(),
  text: z.string(),
});

/**
 * A backend has compared what it holds of a friend's with what that friend shares (`compared`, with what that led to),
 * could not (`failed`: it tries again; `ended`: it does not), or has fetched what the comparison found (`stored`).
 */
export const resyncRecord = z.object({
  type: z.literal('resync'),
  at,
  user: userId,
  friend: userId,
  state: z.enum(['compared', 'failed', 'ended', 'stored']),
  /** `start` of this backend, or of the friend's; `skipped`: events were given up; `gone`: a copy's owner knows it not. */
  why: z.enum(['start', 'friend_started', 'skipped', 'quarantined', 'befriended', 'gone']).optional(),
  position: positionId.optional(),
  fetches: z.int().optional(),
  removed: z.int().optional(),
  comments_removed: z.int().optional(),
  comments_sent_again: z.int().optional(),
  code: z.string().optional(),
});
export type ResyncRecord = z.infer<typeof resyncRecord>;

/** A process died without an end to its file: what it had not written yet is not known. */
export const gapRecord = z.object({ type: z.literal('gap'), at, name: z.string(), generation: z.int() });

export const journalRecord = z.union([
  stepRecord,
  z.discriminatedUnion('type', [
    processRecord,
    connectionRecord,
    presenceRecord,
    outboxRecord,
    friendsRecord,
    faultRecord,
    linkFaultRecord,
    scenarioRecord,
    scenarioStepRecord,
    servedRecord,
    noteRecord,
    resyncRecord,
    gapRecord,
  ]),
]);
export type JournalRecord = z.infer<typeof journalRecord>;

/** A record in the merged journal: numbered from 1 over all processes, with the name of its writer. */
export type JournalEntry = JournalRecord & { readonly n: number; readonly process: string };

/** `Omit` that keeps the members of a union apart. */
type WithoutTime<T> = T extends unknown ? Omit<T, 'at'> : never;

/** A record as its writer is given it: the time is the writer's. */
export type Happening = WithoutTime<JournalRecord>;

/** Takes what happened. The rooms that run alone know the journal only as this function. */
export type Tell = (happening: Happening) => void;
