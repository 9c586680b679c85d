import { z } from 'zod';
import { userId } from '../../protocol/ids.ts';
import { bucket } from '../../protocol/limits.ts';
import { positionDraft } from '../../protocol/positions.ts';
import { topology } from '../../protocol/topology.ts';
import { foreignCommand } from './foreign-command-json.ts';

/** What a run plays once it is ready, and how fast. */
const play = z.strictObject({
  /** A scenario file, or the bare name of a shipped one; absent: the tour, by the users that are there. */
  file: z.string().optional(),
  /** Waits this long in front of each step, so that a person can read along. */
  pace_ms: z.int().min(0),
  /** Waits in front of each step for the owner's `step`, instead. */
  by_key: z.boolean().default(false),
  /** Events that no step claims are failures. */
  strict: z.boolean().optional(),
});

/** One user of a stack that is no scenario's. */
export const person = z.strictObject({
  name: userId,
  display_name: z.string(),
  friends: z.array(userId),
  /** Absent: the simulated one. */
  backend: foreignCommand.optional(),
  /** Absent: our page. */
  frontend: z.union([z.literal('off'), foreignCommand]).optional(),
});

/**
 * What a supervisor is to run: written by the CLI to `settings.json` of the run folder before it starts one, and kept
 * there, so that a folder says how its run was made.
 */
export const runSettings = z.strictObject({
  version: z.literal(1),
  run_id: z.string(),
  /** Where relative files are looked for: the folder in which the command was typed. */
  cwd: z.string(),
  mode: z.enum(['up', 'replay']),
  /** What the run is called, beside its id. */
  name: z.string().optional(),
  /** Nobody owns it once it is ready: whoever started it goes, and it stays. */
  detached: z.boolean().optional(),
  /** Until it is stopped; otherwise it ends when its scenario has. */
  stay: z.boolean(),
  /** Absent: the users of the scenario file. */
  users: z.array(person).min(1).optional(),
  /** What they have; absent: fixtures, dealt out. */
  positions: z.array(z.strictObject({ owner: userId, name: z.string(), draft: positionDraft })).optional(),
  /** The user's own commands, as the configuration has them: with `${NAME}` for what `.env` and the environment say. */
  commands: z
    .strictObject({
      backends: z.record(z.string(), foreignCommand),
      /** Whose place some of them take whatever the scenario file says. */
      assigned: z.record(z.string(), z.string()),
      services: z.record(z.string(), foreignCommand),
      tasks: z.record(z.string(), foreignCommand),
      /** Its variables go to all of them. */
      env_file: z.string().optional(),
    })
    .optional(),
  ports: z.union([
    z.literal('auto'),
    z.strictObject({
      relay: z.int().min(1).max(65_535),
      first_backend: z.int().min(1).max(65_535),
      first_page: z.int().min(1).max(65_535),
    }),
  ]),
  links: z.boolean(),
  /** Each user has a page. */
  pages: z.boolean(),
  /** Everything speaks TLS, with certificates of an authority of this run. */
  tls: z.boolean(),
  /** Absent: that of the scenario file, or with a relay. */
  topology: topology.optional(),
  /** How many nodes the relay has; absent: as the scenario file says, else one. */
  relays: z.int().min(1).max(9).optional(),
  /** Of the relay, where the scenario file does not decide. */
  grace_ms: z.int().min(0).optional(),
  limits: z.record(z.string(), bucket).optional(),
  play,
  /** `performance.timeOrigin` of the command that a person waits for. */
  asked_at: z.number(),
});
export type RunSettings = z.infer<typeof runSettings>;
