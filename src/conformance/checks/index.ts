import type { Check } from '../check.ts';
import { authChecks } from './auth.ts';
import { commentChecks } from './comments.ts';
import { corsChecks } from './cors.ts';
import { deliverChecks } from './deliver.ts';
import { fetchChecks } from './fetch/index.ts';
import { friendChecks } from './friends.ts';
import { healthChecks } from './health.ts';
import { optionalChecks } from './optional.ts';
import { orderChecks } from './order.ts';
import { outboxChecks } from './outbox.ts';
import { pageChecks } from './page.ts';
import { peerTokenChecks } from './peer-tokens.ts';
import { relayChecks } from './relay.ts';
import { restChecks } from './rest/index.ts';
import { restartChecks } from './restart.ts';
import { resyncChecks } from './resync.ts';
import { revokeChecks } from './revoke.ts';
import { sendChecks } from './send.ts';
import { shareChecks } from './share.ts';
import { updateChecks } from './update.ts';

/** Every check, in the order in which they run. A new one is an entry in the file of its group. */
export const checks: readonly Check[] = [
  ...healthChecks,
  ...restChecks,
  ...authChecks,
  ...peerTokenChecks,
  ...corsChecks,
  ...pageChecks,
  ...relayChecks,
  ...sendChecks,
  ...deliverChecks,
  ...orderChecks,
  ...shareChecks,
  ...fetchChecks,
  ...updateChecks,
  ...commentChecks,
  ...revokeChecks,
  ...friendChecks,
  ...outboxChecks,
  ...resyncChecks,
  ...restartChecks,
  ...optionalChecks,
];
