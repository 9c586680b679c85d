import { readFile, readlink } from 'node:fs/promises';

/** A process that cannot be mistaken for a later one with the same number. */
export interface ProcessMark {
  readonly pid: number;
  /** Clock ticks from boot to its start; undefined where there is no /proc. */
  readonly started?: string | undefined;
}

/**
 * When a process was started, in clock ticks since boot: field 22 of /proc/<pid>/stat (proc(5)). Undefined for one that
 * has ended, also where nobody has asked for its exit code yet.
 */
export async function startTimeOf(pid: number): Promise<string | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  // The command name in field 2 may hold spaces and brackets, so the count starts behind it, with the state.
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields?.[0] === 'Z' ? undefined : fields?.[19];
}

export const markOf = async (pid: number): Promise<ProcessMark> => ({ pid, started: await startTimeOf(pid) });

/** This very process; undefined where there is no /proc. */
export async function ownMark(): Promise<ProcessMark | undefined> {
  const pid = await readlink('/proc/self').catch(() => undefined);
  return pid === undefined ? undefined : markOf(Number(pid));
}

/** Whether that very process still runs. */
export async function isAlive({ pid, started }: ProcessMark): Promise<boolean> {
  return started !== undefined && (await startTimeOf(pid)) === started;
}
