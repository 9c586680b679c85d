import { constants } from 'node:fs';
import { access, mkdtempDisposable, readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { messageOf } from '../../problem.ts';
import { longestSocketPath } from '../supervisor/socket-path.ts';
import { type Check, failure, ok, warning } from './check.ts';

/** `v24.21.0` against the least that the package asks for, `>=24`. */
export function checkNode(version: string, wanted: string): Check {
  const major = Number(/^v(\d+)/.exec(version)?.[1] ?? 0);
  const least = Number(/\d+/.exec(wanted)?.[0] ?? 0);
  return major >= least
    ? ok('node', `Node ${version} is new enough; ${least} is the least.`)
    : failure('node', `Node ${version} is too old: it needs ${least} or newer.`);
}

/** Runs keep their folders below `.collab-dev` of the folder in which a command is typed. */
export async function checkFolder(cwd: string): Promise<Check> {
  const place = join(cwd, '.collab-dev');
  const there = await stat(place).then(
    () => place,
    () => cwd,
  );
  return access(there, constants.W_OK).then(
    () => ok('folder', `Runs can be kept in ${place}.`),
    (error: unknown) =>
      failure(
        'folder',
        `Runs cannot be kept in ${place}: ${messageOf(error)}.`,
        'Go to a folder of your own.',
      ),
  );
}

/** A path of a Unix socket has 103 bytes; where the folder's name is too long, the socket lies in the temporary one. */
export async function checkTemporary(cwd: string, temporary: string): Promise<Check> {
  const run = join(cwd, '.collab-dev/runs/20261122-130455-0a1b2c/control.sock');
  const inFolder = Buffer.byteLength(run) <= longestSocketPath;
  try {
    await using folder = await mkdtempDisposable(join(temporary, 'collab-dev-'));
    const elsewhere = join(folder.path, 'control.sock');
    if (inFolder)
      return ok('temporary', `${temporary} can be written to, and control sockets fit into run folders.`);
    if (Buffer.byteLength(elsewhere) <= longestSocketPath) {
      return ok(
        'temporary',
        `The name of this folder is long, so control sockets lie in ${dirname(folder.path)}.`,
      );
    }
    return failure(
      'temporary',
      `A control socket fits neither into ${cwd} nor into ${temporary}: its path has at most ${longestSocketPath} bytes.`,
      'Set TMPDIR to a folder with a shorter name.',
    );
  } catch (error) {
    return failure('temporary', `${temporary} cannot be written to: ${messageOf(error)}.`, 'Set TMPDIR.');
  }
}

/** Of one process: the links hold four connections a user, each with both of its ends. */
const filesFor = (users: number): number => 128 + 16 * users;

/** `limits` is the text of /proc/self/limits (proc(5)); undefined where there is none. */
export function checkFiles(limits: string | undefined, users: number): Check {
  const [, soft] = /^Max open files\s+(\d+|unlimited)/m.exec(limits ?? '') ?? [];
  if (soft === undefined) return ok('files', 'How many files a process may open cannot be seen here.');
  const least = filesFor(users);
  return soft === 'unlimited' || Number(soft) >= least
    ? ok('files', `A process may open ${soft} files; ${least} are enough for ${users} users.`)
    : warning(
        'files',
        `A process may open ${soft} files, and ${least} are wanted for ${users} users.`,
        `Raise it in this shell: ulimit -n ${least}.`,
      );
}

export const readLimits = (): Promise<string | undefined> =>
  readFile('/proc/self/limits', 'utf8').catch(() => undefined);
