import type { JournalEntry, ProcessRecord } from '../protocol/records.ts';

export interface InstanceRow {
  readonly name: string;
  readonly state: ProcessRecord['state'];
  readonly pid: number | undefined;
  readonly url: string | undefined;
  /** Online as the relay sees it; undefined for what is no user. */
  readonly online: boolean | undefined;
  /** Events that wait in its outbox. */
  readonly pending: number;
  /** How often it was started again. */
  readonly restarts: number;
  /** How it ended, while it does not run: `SIGKILL`, `exit code 1`, and what it said last. */
  readonly exit: string | undefined;
}

/** By name, in the order in which they were first heard of. */
export type Instances = Map<string, InstanceRow>;

const unheard: Omit<InstanceRow, 'name'> = {
  state: 'starting',
  pid: undefined,
  url: undefined,
  online: undefined,
  pending: 0,
  restarts: -1,
  exit: undefined,
};

const parts = /^(links|pages|backend|redis|relay([.-]\d+)?)$/;

/** Whether it acts for a user; the other names are the stack's own parts. */
export const isUser = (name: string): boolean => !parts.test(name);

export function takeProcess(instances: Instances, record: ProcessRecord): void {
  change(instances, record.name, (row) => ({
    ...row,
    state: record.state,
    pid: isOver(record.state) ? undefined : (record.pid ?? row.pid),
    url: record.url ?? row.url,
    restarts: row.restarts + (record.state === 'starting' ? 1 : 0),
    exit: isOver(record.state) ? endOf(record) : undefined,
  }));
}

type OfUser = Extract<JournalEntry, { type: 'connection' | 'presence' | 'outbox' }>;

export function takeOfUser(instances: Instances, record: OfUser): void {
  // Whoever was refused has changed nothing: it may be a stranger, or a late attempt of somebody who is here.
  if (record.type === 'connection' && record.state === 'refused') return;
  change(instances, record.user, (row) => {
    switch (record.type) {
      case 'connection':
        return { ...row, online: record.state === 'connected' };
      case 'presence':
        return { ...row, online: record.status === 'online' };
      case 'outbox':
        return { ...row, pending: record.pending };
      default:
        return record satisfies never;
    }
  });
}

const isOver = (state: ProcessRecord['state']): boolean => state === 'stopped' || state === 'failed';

function endOf({ exit, last_lines: lines = [] }: ProcessRecord): string | undefined {
  return [exit, lines.at(-1)].filter(Boolean).join(': ') || undefined;
}

function change(instances: Instances, name: string, changed: (row: InstanceRow) => InstanceRow): void {
  instances.set(name, changed(instances.get(name) ?? { ...unheard, name }));
}
