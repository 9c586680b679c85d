import { z } from 'zod';

/** A text column that holds JSON of a known shape. */
export const jsonText = <S extends z.ZodType>(schema: S) =>
  z
    .string()
    .transform((text): unknown => JSON.parse(text))
    .pipe(schema);
