import type { Check } from '../check.ts';
import { authChecks } from './auth.ts';
import { commentChecks } from './comments.ts';
import { corsChecks } from './cors.ts';
import { deliverChecks } from './deliver.ts';
import { healthChecks } from './health.ts';
import { peerTokenChecks } from './peer-tokens.ts';
import { restChecks } from './rest.ts';
import { revokeChecks } from './revoke.ts';
import { updateChecks } from './update.ts';

/** Every check, in the order in which they run. A new one is an entry in the file of its group. */
export const checks: readonly Check[] = [
  ...healthChecks,
  ...restChecks,
  ...authChecks,
  ...peerTokenChecks,
  ...corsChecks,
  ...deliverChecks,
  ...updateChecks,
  ...commentChecks,
  ...revokeChecks,
];
