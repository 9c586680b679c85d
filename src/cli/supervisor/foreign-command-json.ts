import { z } from 'zod';
import type { ForeignCommand } from '../../stack/foreign-command.ts';

const within = { withinMs: z.int().min(1) };

/** A `ForeignCommand` as JSON keeps it: what is undefined is absent. */
export const foreignCommand = z
  .strictObject({
    command: z.union([z.string(), z.array(z.string())]),
    cwd: z.string(),
    env: z.record(z.string(), z.string()),
    ready: z
      .union([
        z.strictObject({ http: z.string(), ...within }),
        z.strictObject({ tcp: z.union([z.literal(true), z.int()]), ...within }),
        z.strictObject({ log: z.string(), ...within }),
      ])
      .optional(),
    restart: z.enum(['never', 'on-failure', 'always']),
    stop: z.strictObject({
      signal: z.enum(['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT', 'SIGKILL']),
      graceMs: z.number().min(0),
    }),
    dependsOn: z.record(z.string(), z.enum(['ready', 'started', 'completed'])),
  })
  .transform(({ ready, ...rest }): ForeignCommand => ({ ...rest, ready }));
