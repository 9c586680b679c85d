import { z } from 'zod';
import { configSchema } from './config-schema.ts';

/** The JSON Schema of `collab-dev.yaml` (draft 2020-12), for editors: of the same schemas that the parser uses. */
export function configJsonSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(configSchema, { io: 'input', unrepresentable: 'any' });
  return { ...schema, title: 'collab-dev configuration' };
}
