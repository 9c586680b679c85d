import { z } from 'zod';
import { topology } from '../protocol/topology.ts';
import { headerSchema, userName, userNames } from '../scenario/header.ts';
import { duration } from '../scenario/leaves.ts';
import { commandSchema, partName, taskSchema } from './command-schema.ts';
import { mostUsers } from './most-users.ts';

const userSettings = z.strictObject({
  display_name: z
    .string()
    .min(1, 'needs a text')
    .max(120, 'is longer than 120 characters')
    .optional()
    .meta({ description: 'What others see; the name with a capital if absent.' }),
  backend: z.union([z.string(), commandSchema]).optional().meta({
    description: 'A name of `backends`, or such a map right here; a simulated backend if absent.',
  }),
  frontend: z
    .union([z.literal('off'), z.literal(false), commandSchema], {
      error: 'must be off, or a map with a command',
    })
    .optional()
    .meta({ description: 'A command in the place of the page, or off; our page if absent.' }),
});

const firstPort = z.int().min(1, 'must be 1 to 65535').max(65_535, 'must be 1 to 65535').optional();

/** The shape of `collab-dev.yaml`. What names mean to one another is checked after it, in check-config.ts. */
export const configSchema = z.strictObject({
  version: z.literal(1).optional().meta({ description: 'The version of this file; absent means 1.' }),
  users: z
    .union([userNames, z.record(userName, userSettings.nullable())])
    .superRefine((users, context) => {
      const { length } = Array.isArray(users) ? users : Object.keys(users);
      if (length <= mostUsers) return;
      context.addIssue({
        code: 'custom',
        message: `names ${length}, and a stack has 1 to ${mostUsers} users`,
      });
    })
    .optional()
    .meta({
      description: 'Who takes part, as a list or as a map with settings; alice, bob and carol if absent.',
    }),
  friends: headerSchema.shape.friends.meta({
    description: 'Pairs are mutual, a map is one-sided, everyone means everyone, and so does absent.',
  }),
  positions: headerSchema.shape.positions.meta({
    description:
      'Who has which positions: names of fixtures, or a map with the positions themselves. Absent: the fixtures are dealt out.',
  }),
  backends: z.record(partName, commandSchema).optional().meta({
    description:
      'Commands that can be a backend, by name: for users here and in scenario files, and for --backend.',
  }),
  services: z
    .record(partName, commandSchema)
    .optional()
    .meta({ description: 'What else runs beside them, by name: a database, a mail catcher.' }),
  tasks: z
    .record(partName, taskSchema)
    .optional()
    .meta({ description: 'What runs once, by name, and has to end with 0: a migration.' }),
  relay: z
    .strictObject({
      nodes: z
        .int()
        .min(1, 'must be 1 to 9')
        .max(9, 'must be 1 to 9')
        .optional()
        .meta({ description: 'How many nodes it has, with a private Redis between several; 1 if absent.' }),
      limits: headerSchema.shape.limits.meta({
        description: 'Its limits, each a bucket { rate: tokens a second, burst: tokens saved up }.',
      }),
      grace: duration
        .optional()
        .meta({ description: 'How long a lost user still counts as online; 300ms if absent.' }),
    })
    .optional()
    .meta({ description: 'The relay of `up`.' }),
  topology: topology.optional().meta({
    description:
      'How the backends reach one another: through a relay (if absent), direct, or in one process.',
  }),
  ports: z
    .union(
      [
        z.literal('auto'),
        z.strictObject({
          relay: firstPort.meta({
            description: 'Of the relay, and its nodes from there on; 9000 if absent.',
          }),
          backends: firstPort.meta({ description: "Of the first user's backend; 8000 if absent." }),
          pages: firstPort.meta({ description: "Of the first user's page; 3000 if absent." }),
        }),
      ],
      { error: 'must be auto, or a map with relay, backends and pages' },
    )
    .optional()
    .meta({ description: 'Where `up` listens; auto takes any free ports.' }),
  tls: z
    .boolean()
    .optional()
    .meta({ description: 'Everything speaks TLS, with certificates of an authority of this run.' }),
});
export type ConfigInFile = z.output<typeof configSchema>;
