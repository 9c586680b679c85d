import { z } from 'zod';
import { headerSchema } from './header.ts';
import { anyVocabulary, leavesFor } from './leaves.ts';
import type { Verb } from './verb.ts';
import { verbs } from './verbs/index.ts';

type Json = Record<string, unknown>;

/**
 * The JSON Schema of a scenario file (draft 2020-12), for editors: completion, descriptions, the commonest mistakes.
 * It is made of the same schemas that the parser uses; the parser also checks names, which no JSON Schema can.
 */
export function scenarioJsonSchema(): Json {
  const leaves = leavesFor(anyVocabulary);
  const header = plain(headerSchema);
  const { properties } = z.object({ properties: z.record(z.string(), z.unknown()) }).parse(header);
  const { steps: stepsBefore, ...others } = properties;
  const steps = z.record(z.string(), z.unknown()).parse(stepsBefore);
  return {
    ...header,
    title: 'collab-dev scenario',
    properties: { ...others, steps: { ...steps, items: { $ref: '#/$defs/step' } } },
    $defs: { step: stepSchema(leaves) },
  };
}

function stepSchema(leaves: ReturnType<typeof leavesFor>): Json {
  const of = (form: Verb['form']) => verbs.filter((verb) => verb.form === form);
  const controls = of('control').map((verb) => [
    verb.name,
    verb.block?.under === 'itself' ? { ...steps, description: verb.summary } : control(verb, leaves),
  ]);
  const ofUsers = { anyOf: [words(of('word')), ...of('map').map((verb) => act(verb, leaves))] };
  return {
    type: 'object',
    description:
      'One key: who does what (a user, "alice, bob", everyone, relay), or a step of its own, with "do" beside it.',
    minProperties: 1,
    maxProperties: 2,
    properties: {
      ...Object.fromEntries(controls),
      do: { ...steps, description: 'The steps of a block.' },
      relay: words(of('word').filter(({ ofRelay }) => ofRelay)),
    },
    additionalProperties: ofUsers,
  };
}

const steps: Json = { type: 'array', minItems: 1, items: { $ref: '#/$defs/step' } };

/** `connect`, `kill` …, each with its summary. */
const words = (some: readonly Verb[]): Json => ({
  oneOf: some.map(({ name, summary }) => ({ const: name, description: summary })),
});

function control(verb: Verb, leaves: ReturnType<typeof leavesFor>): Json {
  const { object } = verb.inFile(leaves).schemas;
  return { ...(object ? plain(object) : {}), description: verb.summary };
}

function act(verb: Verb, leaves: ReturnType<typeof leavesFor>): Json {
  const { object, options } = verb.inFile(leaves).schemas;
  const whole = (options ?? z.strictObject({})).extend(object ? { [verb.name]: object } : {});
  return { ...plain(whole), description: verb.summary };
}

function plain(schema: z.ZodType): Json {
  return z
    .record(z.string(), z.unknown())
    .parse(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }));
}
