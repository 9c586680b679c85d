import { z } from 'zod';

/** `/healthz`: the process and its event loop live. Fails slow. */
export const healthz = z.object({ status: z.literal('ok') });

/** `/readyz`: fit for work now (503 otherwise). Fails fast; carries the run id, so that a stranger's server is noticed. */
export const readyz = z.object({
  status: z.enum(['ready', 'not-ready']),
  run_id: z.string().optional(),
  user_id: z.string().optional(),
  waiting_for: z.array(z.string()).optional(),
});
export type Readyz = z.infer<typeof readyz>;
