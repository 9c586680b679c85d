import type { Check } from '../../check.ts';
import { restCommentChecks } from './comments.ts';
import { restListChecks } from './lists.ts';
import { restPositionChecks } from './positions.ts';
import { restRetryChecks } from './retries.ts';
import { restShareChecks } from './shares.ts';

/** What the user's own page asks. */
export const restChecks: readonly Check[] = [
  ...restPositionChecks,
  ...restShareChecks,
  ...restCommentChecks,
  ...restListChecks,
  ...restRetryChecks,
];
