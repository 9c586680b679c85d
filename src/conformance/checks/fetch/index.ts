import type { Check } from '../../check.ts';
import { fetchAnswerChecks } from './answers.ts';
import { relayedFetchChecks } from './relayed.ts';
import { fetchTokenChecks } from './tokens.ts';
import { fetchTryChecks } from './tries.ts';

/** How it fetches what others share: with a token for them alone, in its own time, and trusting nobody. */
export const fetchChecks: readonly Check[] = [
  ...fetchTokenChecks,
  ...fetchTryChecks,
  ...fetchAnswerChecks,
  ...relayedFetchChecks,
];
