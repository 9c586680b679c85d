import { z } from 'zod';
import { problemRecord } from '../../protocol/problem-record.ts';
import { journalRecord } from '../../protocol/records.ts';

/**
 * What a supervisor and its views say over the unix socket of the run folder, one JSON object a line:
 *
 *   view ── hello ──────────────────────► supervisor      an owner holds the lease: when it goes, the stack stops
 *        ◄── snapshot (now, each change)
 *        ◄── journal (from a number on)                   paced by how fast the view reads, never queued for it
 *        ── command ──► ◄── reply
 */
export const controlVersion = 1;

export const toSupervisor = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('hello'),
    version: z.int(),
    role: z.enum(['owner', 'viewer']),
    /** The first journal number that is wanted. */
    from: z.int().min(1),
  }),
  z.object({
    type: z.literal('command'),
    id: z.int(),
    command: z.discriminatedUnion('name', [
      /** Ends the run; `force` kills instead of asking. */
      z.object({ name: z.literal('stop'), force: z.boolean() }),
    ]),
  }),
]);
export type ToSupervisor = z.infer<typeof toSupervisor>;
export type ControlCommand = Extract<ToSupervisor, { type: 'command' }>['command'];

export const instanceState = z.object({
  name: z.string(),
  role: z.enum(['relay', 'backend', 'links']),
  state: z.enum(['starting', 'ready', 'stopping', 'stopped', 'failed']),
  pid: z.int().optional(),
  url: z.string().optional(),
  start_ms: z.number().optional(),
});
export type InstanceState = z.infer<typeof instanceState>;

/** A failure that crossed the socket. A bug brings its stack, for the report that we ask for. */
const failure = z.object({ problem: problemRecord, bug: z.boolean(), stack: z.string().optional() });
export type Failure = z.infer<typeof failure>;

export const playState = z.discriminatedUnion('state', [
  z.object({ state: z.literal('playing'), name: z.string(), file: z.string() }),
  z.object({
    state: z.literal('ended'),
    name: z.string(),
    file: z.string(),
    verdict: z.enum(['passed', 'failed', 'inconclusive']),
    exit: z.int(),
    ms: z.number(),
    /** What a person reads about the verdict, line by line: why it failed, what could not be decided. */
    report: z.array(z.string()),
    /** The journal's number at the end: every line about the scenario is at or below it. */
    journal: z.int(),
  }),
]);
export type PlayState = z.infer<typeof playState>;

export const snapshot = z.object({
  type: z.literal('snapshot'),
  run_id: z.string(),
  phase: z.enum(['starting', 'ready', 'stopping', 'stopped', 'failed']),
  relay_url: z.string().optional(),
  instances: z.array(instanceState),
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
  z.object({ type: z.literal('reply'), id: z.int(), problem: problemRecord.optional() }),
]);
export type FromSupervisor = z.infer<typeof fromSupervisor>;
