import { z } from 'zod';

/** A problem that crosses a process border or goes to the journal. */
export const problemRecord = z.object({
  code: z.string(),
  message: z.string(),
  hint: z.string().optional(),
  exit: z.int().optional(),
});
export type ProblemRecord = z.infer<typeof problemRecord>;
