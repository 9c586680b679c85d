import { z } from 'zod';
import { duration, namePattern } from '../scenario/leaves.ts';

const nameRule = 'is no name: it needs lower case letters, digits and "-", like "database"';

/** The name of a backend, a service or a task, as the key of a map. */
export const partName = z.string().regex(namePattern, nameRule);

const command = z
  .union([z.string().min(1, 'needs a command'), z.array(z.string()).min(1, 'needs a command')])
  .meta({
    description: 'What to run: a text goes to `sh -c`, so that $PORT works in it; a list is run as it is.',
  });

const cwd = z
  .string()
  .optional()
  .meta({ description: 'Where it runs, from the folder of this file; absent: there.' });

const variable = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'is no name of a variable: it needs letters, digits and "_"');

const env = z
  .record(variable, z.union([z.string(), z.number(), z.boolean()]))
  .optional()
  .meta({ description: 'Variables for it, beside those of .env and those that it is given anyway.' });

const port = z.int().min(1, 'must be 1 to 65535').max(65_535, 'must be 1 to 65535');

const ready = z
  .strictObject({
    http: z
      .string()
      .regex(
        /^(\/|https?:\/\/)/,
        'must be a path on its own port, like /readyz, or a whole URL, like http://127.0.0.1:8080/',
      )
      .optional()
      .meta({ description: 'This path on its $PORT, or this URL, is answered with 2xx or 3xx.' }),
    tcp: z
      .union([z.literal(true), port], { error: 'must be true (its own $PORT) or a number of a port' })
      .optional()
      .meta({ description: 'Its $PORT (true), or this port, takes a connection.' }),
    log: z.string().min(1, 'needs a text').optional().meta({ description: 'It prints a line with this.' }),
    within: duration.optional().meta({ description: 'How long that may take; 30s if absent.' }),
  })
  .superRefine(({ http, tcp, log }, context) => {
    const said = [http, tcp, log].filter((one) => one !== undefined).length;
    if (said === 1) return;
    const message = said === 0 ? 'needs one of http, tcp and log' : 'can only have one of http, tcp and log';
    context.addIssue({ code: 'custom', message, params: { ofKey: true } });
  })
  .optional()
  .meta({ description: 'When it is ready: one of http, tcp and log.' });

const stop = z
  .strictObject({
    signal: z
      .enum(['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT', 'SIGKILL'])
      .optional()
      .meta({ description: 'What asks it to end; SIGTERM if absent.' }),
    grace: duration
      .optional()
      .meta({ description: 'How long it may take before it is killed; 5s if absent.' }),
  })
  .optional()
  .meta({ description: 'How it is stopped.' });

const dependsOn = z
  .record(z.string(), z.enum(['ready', 'started', 'completed']))
  .optional()
  .meta({
    description:
      'Services and tasks that come before it, each with what it waits for: ready, started, or completed (of a task).',
  });

/** What runs once, and has to end with 0. */
export const taskSchema = z.strictObject({ command, cwd, env, stop, depends_on: dependsOn });

/** What runs on. */
export const commandSchema = z.strictObject({
  command,
  cwd,
  env,
  ready,
  restart: z
    .enum(['never', 'on-failure', 'always'])
    .optional()
    .meta({ description: 'Whether it is started again when it ends by itself; never if absent.' }),
  stop,
  depends_on: dependsOn,
});
export type CommandInFile = z.output<typeof commandSchema>;
