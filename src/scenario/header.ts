import { z } from 'zod';
import { bucket } from '../protocol/limits.ts';
import { positionDraft } from '../protocol/positions.ts';
import { topology } from '../protocol/topology.ts';
import { duration, namePattern } from './leaves.ts';
import { reservedNames } from './reserved.ts';

/** As long as the ids of users may be in the protocol. */
const longestName = 64;

/** The name of a user, as files give it. */
export const userName = z
  .string()
  .superRefine((typed, context) => {
    const say = (message: string) => context.addIssue({ code: 'custom', message, params: { ofKey: false } });
    if (reservedNames.has(typed)) say(`"${typed}" is a word of the language, so no user can be called that.`);
    else if (!namePattern.test(typed)) {
      say(`A user is named in lower case letters, digits and "-", like "alice", not "${typed}".`);
    } else if (typed.length > longestName) {
      say(`"${typed}" has ${typed.length} characters, and the name of a user at most ${longestName}.`);
    }
  })
  .meta({ description: 'A user: lower case letters, digits and "-".' });

const userSettings = z.strictObject({
  acks: z
    .boolean()
    .optional()
    .meta({ description: "False: without acknowledgements, like the brief's own clients." }),
  backend: z
    .string()
    .optional()
    .meta({ description: 'A name of `backends` in collab-dev.yaml; a simulated backend if absent.' }),
});

const positionName = z
  .string()
  .regex(namePattern, 'A position is named in lower case letters, digits and "-", like "berlin-calls"');

/** Users as a list; as a map, YAML itself complains about a name that is there twice. */
export const userNames = z
  .array(userName)
  .min(1, 'needs at least one user')
  .superRefine((names, context) => {
    for (const [i, name] of names.entries()) {
      if (names.indexOf(name) < i)
        context.addIssue({ code: 'custom', message: `"${name}" is a user already.`, path: [i] });
    }
  });

/** Everything in a file but its steps. The steps are parsed one by one, each by its own verb. */
export const headerSchema = z.strictObject({
  scenario: z.string().min(1, 'needs a text').meta({ description: 'What this file shows, in a sentence.' }),
  version: z.literal(1).optional().meta({ description: 'The version of the language; absent means 1.' }),
  users: z
    .union([userNames, z.record(userName, userSettings.nullable())])
    .meta({ description: 'Who takes part, as a list or as a map with settings.' }),
  friends: z
    .union(
      [
        z.literal('everyone'),
        z.array(z.tuple([z.string(), z.string()], { error: 'needs two users, like [alice, bob]' })),
        z.record(z.string(), z.array(z.string())),
      ],
      { error: 'must be everyone, a list of pairs or a map from users to lists' },
    )
    .optional()
    .meta({ description: 'Pairs are mutual, a map is one-sided, everyone means everyone; absent: nobody.' }),
  positions: z
    .record(z.string(), z.union([z.array(z.string()), z.record(positionName, positionDraft)]))
    .optional()
    .meta({
      description: 'Who has which positions: names of fixtures, or a map with the positions themselves.',
    }),
  topology: topology.optional().meta({
    description:
      'How the backends reach one another, if the file is about that; otherwise the command decides.',
  }),
  tags: z.array(z.string()).optional().meta({ description: 'For choosing files.' }),
  skip: z.string().min(1).optional().meta({ description: 'Why this file is not run.' }),
  only: z.literal(true).optional().meta({ description: 'Only files that say so are run.' }),
  fails: z.string().min(1).optional().meta({ description: 'Why this scenario is expected to fail.' }),
  timeout: duration.optional().meta({ description: 'For the whole scenario; 30s if absent.' }),
  unexpected: z
    .enum(['fail', 'warn', 'ignore'])
    .optional()
    .meta({ description: 'What to do about events that no step has claimed; warn if absent.' }),
  seed: z.int().optional().meta({ description: 'For whatever is left to chance.' }),
  limits: z
    .strictObject({
      per_connection: bucket.optional(),
      per_pair: bucket.optional(),
      per_address: bucket.optional(),
      per_connection_control: bucket.optional(),
      rest_per_address: bucket.optional(),
    })
    .optional()
    .meta({
      description:
        'Limits of the relay for this scenario, each a bucket { rate: tokens a second, burst: tokens saved up }.',
    }),
  relays: z.int().min(1).max(9).optional().meta({
    description:
      'How many nodes the relay has, 1 if absent; with several there is a Redis between them, and steps can name relay.1, relay.2 and redis.',
  }),
  grace: duration
    .optional()
    .meta({ description: 'How long a lost user still counts as online; 300ms if absent.' }),
  sweep: duration.optional().meta({
    description: 'How often a backend sends again what nobody has answered; 45s if absent.',
  }),
  steps: z
    .array(z.unknown())
    .min(1, 'needs at least one step')
    .meta({ description: 'What happens, in order.' }),
});
export type Header = z.output<typeof headerSchema>;
