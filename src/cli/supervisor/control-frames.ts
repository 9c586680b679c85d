import { z } from 'zod';
import { eventId, positionId, userId } from '../../protocol/ids.ts';
import { positionChange } from '../../protocol/positions.ts';
import { problemRecord } from '../../protocol/problem-record.ts';
import { journalRecord } from '../../protocol/records.ts';
import { topology } from '../../protocol/topology.ts';
import { verdictFrame } from './verdict-frame.ts';

/**
 * What a supervisor and its views say over the unix socket of the run folder, one JSON object a line:
 *
 *   view ── hello ──────────────────────► supervisor      an owner holds the lease: when it goes, the stack stops
 *        ◄── snapshot (now, each change)
 *        ◄── journal (from a number on)                   paced by how fast the view reads, never queued for it
 *        ── command ──► ◄── reply
 *
 * Whoever may dial the socket, being the same user of the machine, may give every command, also beside an owner. There
 * is one owner at most, and none of a stack that was started to stay.
 */
export const controlVersion = 3;

/** What a user's page can do. */
const act = z.discriminatedUnion('verb', [
  z.object({
    verb: z.literal('share'),
    user: userId,
    position: positionId,
    others: z.array(userId).min(1),
  }),
  z.object({ verb: z.literal('comment'), user: userId, position: positionId, text: z.string() }),
  z.object({ verb: z.literal('update'), user: userId, position: positionId, set: positionChange }),
  z.object({ verb: z.literal('revoke'), user: userId, position: positionId, other: userId }),
]);
export type Act = z.infer<typeof act>;

const ofInstance = { instance: z.string() };
const ofUser = { user: userId };

const command = z.discriminatedUnion('name', [
  /** Ends the run; `force` kills instead of asking. */
  z.object({ name: z.literal('stop'), force: z.boolean() }),
  z.object({ name: z.literal('act'), act }),
  z.object({ name: z.literal('positions'), ...ofUser }),
  z.object({ name: z.literal('kill'), ...ofInstance }),
  z.object({ name: z.literal('pause'), ...ofInstance }),
  z.object({ name: z.literal('resume'), ...ofInstance }),
  z.object({ name: z.literal('restart'), ...ofInstance }),
  /** What is down. */
  z.object({ name: z.literal('start'), ...ofInstance }),
  /** Severs the user's link to the relay, both ways. */
  z.object({ name: z.literal('cut'), ...ofUser }),
  /** Lays a fault on a link, in the words of the scenario language. */
  z.object({ name: z.literal('fault'), verb: z.string(), said: z.record(z.string(), z.unknown()) }),
  /** `everyone`, the name or the id of a fault, or a name at either end of some. */
  z.object({ name: z.literal('heal'), which: z.string() }),
  /** The issuer of the run signs; anybody who may dial this socket may ask, being the same user of the machine. */
  z.object({
    name: z.literal('token'),
    ...ofUser,
    audience: z.string().min(1).max(200),
    expires_in_s: z.int().min(1),
  }),
  /** Answers when nothing is under way any more. */
  z.object({ name: z.literal('quiet'), within_ms: z.int().min(0) }),
  /** Plays a scenario on the stack as it is; answers when it has a verdict, and ends it where the asker hangs up. */
  z.object({
    name: z.literal('play'),
    /** A path from `cwd`, or the bare name of a shipped one. */
    file: z.string(),
    cwd: z.string(),
    pace_ms: z.int().min(0),
  }),
  /** The scenario may go on with its next step. */
  z.object({ name: z.literal('step') }),
]);
export type ControlCommand = z.infer<typeof command>;

/** A position that a user may act on. */
export const positionChoice = z.object({
  id: positionId,
  /** The short name of a fixture where it has one, else the symbol. */
  name: z.string(),
  owner: z.string(),
  read_only: z.boolean(),
  shared_with: z.array(z.string()),
});

export const toSupervisor = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('hello'),
    version: z.int(),
    role: z.enum(['owner', 'viewer']),
    /** The first journal number that is wanted; 0: only what is new. */
    from: z.int().min(0),
  }),
  z.object({ type: z.literal('command'), id: z.int(), command }),
]);
export type ToSupervisor = z.infer<typeof toSupervisor>;

export const instanceState = z.object({
  name: z.string(),
  role: z.enum(['relay', 'backend', 'links', 'redis', 'pages', 'frontend', 'service', 'task']),
  state: z.enum(['starting', 'ready', 'paused', 'stopping', 'stopped', 'failed']),
  pid: z.int().optional(),
  url: z.string().optional(),
  start_ms: z.number().optional(),
  /** When it became ready, in ms since 1970. */
  ready_at: z.number().optional(),
  restarts: z.int(),
});
export type InstanceState = z.infer<typeof instanceState>;

/** A failure that crossed the socket. A bug brings its stack, for the report that we ask for. */
const failure = z.object({ problem: problemRecord, bug: z.boolean(), stack: z.string().optional() });
export type Failure = z.infer<typeof failure>;

export const playState = z.discriminatedUnion('state', [
  z.object({
    state: z.literal('playing'),
    name: z.string(),
    file: z.string(),
    /** The step that waits for `step`, where somebody steps through it. */
    next: z.object({ line: z.int(), text: z.string() }).optional(),
  }),
  z.object({
    state: z.literal('ended'),
    name: z.string(),
    file: z.string(),
    verdict: z.enum(['passed', 'failed', 'inconclusive']),
    exit: z.int(),
    ms: z.number(),
    /** What a person reads about the verdict, line by line: why it failed, what could not be decided. */
    report: z.array(z.string()),
    /** The whole of it, for reports. */
    details: verdictFrame,
    /** The journal's number at the end: every line about the scenario is at or below it. */
    journal: z.int(),
  }),
]);
export type PlayState = z.infer<typeof playState>;

/** What came of a command. What was refused is a problem instead. */
export const controlAnswer = z.object({
  /** One short sentence. */
  text: z.string().optional(),
  /** What an act has sent on its way. */
  event_ids: z.array(eventId).optional(),
  positions: z.array(positionChoice).optional(),
  /** The id of a fault that is in force now. */
  fault: z.string().optional(),
  token: z.string().optional(),
  /** The verdict of a scenario. */
  play: playState.optional(),
});
export type ControlAnswer = z.infer<typeof controlAnswer>;

const fault = z.object({
  id: z.string(),
  /** What whoever laid it has called it. */
  name: z.string().optional(),
  verb: z.string(),
  from: z.string(),
  to: z.string(),
  both: z.boolean(),
  /** What its verb does not say. */
  how: z.string().optional(),
});

export const snapshot = z.object({
  type: z.literal('snapshot'),
  run_id: z.string(),
  /** What it is called, where somebody has given it a name. */
  name: z.string().optional(),
  /** Of the supervisor. */
  pid: z.int(),
  /** Nobody owns it: it stays until it is told to stop. */
  detached: z.boolean(),
  phase: z.enum(['starting', 'ready', 'stopping', 'stopped', 'failed']),
  relay_url: z.string().optional(),
  /** Absent: with a relay, or not known yet. */
  topology: topology.optional(),
  instances: z.array(instanceState),
  /** Where each user's page is; empty where there are none. */
  pages: z.record(z.string(), z.string()),
  /** In force now. */
  faults: z.array(fault),
  /** Who is whose friend, by name, as the stack was started. */
  friends: z.record(z.string(), z.array(z.string())),
  /** Users who do not acknowledge: for them `routed` is the last that is known. */
  unacknowledged: z.array(z.string()),
  /** From the command's start to everything ready. */
  ready_ms: z.number().optional(),
  play: playState.optional(),
  failure: failure.optional(),
});
export type Snapshot = z.infer<typeof snapshot>;

export const journalEntry = z.intersection(journalRecord, z.object({ n: z.int(), process: z.string() }));

export const fromSupervisor = z.discriminatedUnion('type', [
  snapshot,
  z.object({ type: z.literal('journal'), entries: z.array(journalEntry) }),
  z.object({
    type: z.literal('reply'),
    id: z.int(),
    answer: controlAnswer.optional(),
    problem: problemRecord.optional(),
  }),
]);
export type FromSupervisor = z.infer<typeof fromSupervisor>;
