import { Problem } from '../problem.ts';
import type { RunFolder } from '../stack/run-folder.ts';
import type { ReachedRun } from './reach-run.ts';
import { errorOf } from './supervisor/failure.ts';

/**
 * What a connection that has ended says about its run: nothing where it has stopped in order.
 * @throws Problem where it has failed, or died without a word
 */
export function mustHaveStopped({ id }: RunFolder, { snapshot }: Pick<ReachedRun, 'snapshot'>): void {
  if (snapshot.failure) throw errorOf(snapshot.failure);
  if (snapshot.phase !== 'stopped' && snapshot.phase !== 'stopping') throw stackGone(id);
}

/** A run that was waited for, and ended. */
const stackGone = (run: string) =>
  new Problem({
    code: 'stack-gone',
    message: `Run ${run} is gone: its supervisor has ended without a word.`,
    hint: '"collab-dev down" cleans up what it left; its folder has the logs.',
  });
