import { Problem } from '../problem.ts';
import { type RunWithSocket, runsWithSocket, shownRun } from './live-runs.ts';

/** Names that would be taken for the id of a run, or for a flag, are none. */
const runName = /^[a-z][a-z0-9-]{0,31}$/;

/**
 * The name of a new run, which no other one that is alive may have.
 * @throws Problem
 */
export async function freeName(cwd: string, name: string): Promise<string> {
  if (!runName.test(name)) throw badName(name);
  const taken = (await runsWithSocket(cwd)).find((run) => run.alive && run.name === name);
  if (taken) throw nameTaken(name, taken);
  return name;
}

/**
 * Runs a start. Where a port is taken and stacks of this folder are up, the problem says how to go on with those.
 * @throws Problem
 */
export async function besideOthers<T>(cwd: string, start: () => Promise<T>): Promise<T> {
  try {
    return await start();
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== 'port-taken') throw error;
    const live = (await runsWithSocket(cwd)).filter(({ alive }) => alive);
    throw live.length === 0 ? error : upAlready(live, error);
  }
}

const upAlready = (live: readonly RunWithSocket[], cause: Problem) =>
  new Problem({
    code: cause.code,
    message: cause.message,
    hint: `Run ${live.map(shownRun).join(', ')} is up in this folder: "collab-dev attach" shows it, "collab-dev down" ends it, and --ports auto starts another one beside it.`,
    cause,
  });

const badName = (given: string) =>
  new Problem({
    code: 'bad-name',
    message: `--name ${given} is not possible: a name begins with a lower case letter, and has letters, digits and "-".`,
    exit: 2,
  });

const nameTaken = (name: string, { id }: RunWithSocket) =>
  new Problem({
    code: 'name-taken',
    message: `Run ${id}, which is alive, is called "${name}" already.`,
    hint: `Take another name, or end it first: collab-dev down --run ${name}.`,
    exit: 2,
  });
