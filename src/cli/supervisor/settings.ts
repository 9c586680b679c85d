import { z } from 'zod';
import { userId } from '../../protocol/ids.ts';
import { topology } from '../../protocol/topology.ts';

/** What a run plays once it is ready, and how fast. */
const play = z.strictObject({
  /** A scenario file, or the bare name of a shipped one; absent: the tour, by the users that are there. */
  file: z.string().optional(),
  /** Waits this long in front of each step, so that a person can read along. */
  pace_ms: z.int().min(0),
  /** Waits in front of each step for the owner's `step`, instead. */
  by_key: z.boolean().default(false),
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
  users: z.array(userId).min(1).optional(),
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
  play,
  /** `performance.timeOrigin` of the command that a person waits for. */
  asked_at: z.number(),
});
export type RunSettings = z.infer<typeof runSettings>;
