import { runsWithSocket, shownRun } from '../live-runs.ts';
import { type Check, ok, warning } from './check.ts';

/** What runs in this folder, and what was killed there and has left its socket. */
export async function checkRuns(cwd: string): Promise<Check> {
  const runs = await runsWithSocket(cwd);
  const live = runs.filter(({ alive }) => alive).map(shownRun);
  const dead = runs.filter(({ alive }) => !alive).map(shownRun);
  if (dead.length > 0) {
    const what = dead.length === 1 ? 'A run was killed and has' : `${dead.length} runs were killed and have`;
    return warning(
      'runs',
      `${what} left things behind: ${dead.join(', ')}.`,
      '"collab-dev down --run" with its id ends what is left of it.',
    );
  }
  if (live.length === 0) return ok('runs', 'Nothing runs in this folder.');
  return ok(
    'runs',
    `${live.length === 1 ? 'A stack runs' : `${live.length} stacks run`} here: ${live.join(', ')}.`,
  );
}
