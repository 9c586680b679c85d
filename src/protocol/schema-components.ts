import { z } from 'zod';
import { friend, inboxRecord, notification, outboxEntry } from './backend-rest.ts';
import { deliveredEvent, submittedEvent, updatedData } from './events.ts';
import { comment, leg, position } from './positions.ts';
import { peerKey, presence } from './presence.ts';
import { problemDetails } from './problem-details.ts';
import { acknowledgement, receipt, submitReply } from './receipts.ts';

/** The schemas that have a name of their own in a generated document. */
const named = z
  .registry<{ readonly id: string }>()
  .add(position, { id: 'Position' })
  .add(leg, { id: 'Leg' })
  .add(comment, { id: 'Comment' })
  .add(deliveredEvent, { id: 'DeliveredEvent' })
  .add(submittedEvent, { id: 'SubmittedEvent' })
  .add(updatedData.shape.updates.valueType, { id: 'Json' })
  .add(friend, { id: 'Friend' })
  .add(notification, { id: 'Notification' })
  .add(outboxEntry, { id: 'OutboxEntry' })
  .add(inboxRecord, { id: 'InboxRecord' })
  .add(peerKey, { id: 'PeerKey' })
  .add(presence, { id: 'Presence' })
  .add(receipt, { id: 'Receipt' })
  .add(acknowledgement, { id: 'Acknowledgement' })
  .add(submitReply, { id: 'SubmitReply' })
  .add(problemDetails, { id: 'ProblemDetails' });

const jsonSchema = z.record(z.string(), z.unknown());
export type JsonSchema = z.infer<typeof jsonSchema>;

export interface Components {
  /** By name, in the order in which they were first met. */
  readonly schemas: Record<string, JsonSchema>;
}

export const componentSchemas = (): Components => ({ schemas: {} });

/**
 * A zod schema as JSON Schema 2020-12 for a document with `#/components/schemas`: what has a name there is collected,
 * and referred to. It is what may be said: keys that a later version adds are not ruled out.
 */
export function schemaOf(schema: z.ZodType, components: Components): JsonSchema {
  const {
    $schema: _dialect,
    $defs = {},
    ...own
  } = jsonSchema.parse(z.toJSONSchema(schema, { io: 'input', metadata: named, unrepresentable: 'any' }));
  for (const [id, definition] of Object.entries(jsonSchema.parse($defs))) {
    components.schemas[id] ??= jsonSchema.parse(lifted(definition));
  }
  const id = named.get(schema)?.id;
  if (id === undefined) return jsonSchema.parse(lifted(own));
  const { id: _id, ...definition } = jsonSchema.parse(lifted(own));
  components.schemas[id] ??= definition;
  return { $ref: `#/components/schemas/${id}` };
}

/** References within one schema, made references within the document. */
function lifted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(lifted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key, inner]) => !(key === 'id' && typeof inner === 'string'))
      .map(([key, inner]) =>
        key === '$ref' && typeof inner === 'string'
          ? [key, inner.replace('#/$defs/', '#/components/schemas/')]
          : [key, lifted(inner)],
      ),
  );
}
