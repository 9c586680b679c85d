import type { EventType } from '../protocol/events.ts';
import type { JournalEntry, ProcessRecord, StepRecord } from '../protocol/records.ts';
import { delivering, type Progress } from './progress.ts';

export interface InstanceRow {
  readonly name: string;
  readonly state: ProcessRecord['state'];
  readonly pid: number | undefined;
  readonly url: string | undefined;
  /** Online as the relay sees it; undefined for what is no user. */
  readonly online: boolean | undefined;
  /** Events that wait in its outbox. */
  readonly pending: number;
}

/** One event on its way to one recipient. */
export interface EventRow {
  readonly key: string;
  readonly event: string;
  readonly kind: EventType;
  readonly from: string;
  readonly to: string;
  readonly position: string | undefined;
  readonly progress: Progress;
  /** When the first step was seen, in ms since 1970. */
  readonly at: number;
  /** From the first step seen to the last, in ms. */
  readonly ms: number | undefined;
}

export interface ScenarioState {
  readonly name: string;
  readonly steps: number | undefined;
  readonly done: number;
  readonly now: string | undefined;
  readonly verdict: 'passed' | 'failed' | 'inconclusive' | undefined;
}

/** All that the first view shows, folded from the journal and from nothing else. */
export interface DashboardModel {
  /** The last journal number that was folded in. */
  readonly last: number;
  readonly instances: ReadonlyMap<string, InstanceRow>;
  /** The newest last; the oldest are dropped. */
  readonly rows: ReadonlyMap<string, EventRow>;
  readonly delivered: number;
  readonly undelivered: number;
  readonly faults: ReadonlyMap<string, string>;
  readonly scenario: ScenarioState | undefined;
  /** The newest warning. */
  readonly warning: string | undefined;
}

export const emptyModel: DashboardModel = {
  last: 0,
  instances: new Map(),
  rows: new Map(),
  delivered: 0,
  undelivered: 0,
  faults: new Map(),
  scenario: undefined,
  warning: undefined,
};

const mostRows = 500;

/** A batch of the journal, folded into a model. The maps are copied once a batch, however long it is. */
export function fold(model: DashboardModel, entries: readonly JournalEntry[]): DashboardModel {
  if (entries.length === 0) return model;
  const draft: Draft = {
    ...model,
    instances: new Map(model.instances),
    rows: new Map(model.rows),
    faults: new Map(model.faults),
  };
  for (const entry of entries) {
    take(draft, entry);
    draft.last = entry.n;
  }
  return draft;
}

/** The model while a batch is being folded: nobody else has it yet. */
type Draft = { -readonly [K in keyof DashboardModel]: DashboardModel[K] } & {
  readonly instances: Map<string, InstanceRow>;
  readonly rows: Map<string, EventRow>;
  readonly faults: Map<string, string>;
};

function take(draft: Draft, entry: JournalEntry): void {
  switch (entry.type) {
    case 'step':
      for (const to of concerned(draft, entry)) step(draft, entry, to);
      break;
    case 'process':
      instance(draft, entry.name, (row) => ({
        ...row,
        state: entry.state,
        pid: entry.state === 'stopped' || entry.state === 'failed' ? undefined : (entry.pid ?? row.pid),
        url: entry.url ?? row.url,
      }));
      break;
    case 'connection':
      instance(draft, entry.user, (row) => ({ ...row, online: entry.state === 'connected' }));
      break;
    case 'presence':
      instance(draft, entry.user, (row) => ({ ...row, online: entry.status === 'online' }));
      break;
    case 'outbox':
      instance(draft, entry.user, (row) => ({ ...row, pending: entry.pending }));
      break;
    case 'fault':
      if (entry.state === 'in_force') draft.faults.set(entry.id, `${entry.verb} ${entry.what}`);
      else draft.faults.delete(entry.id);
      break;
    case 'scenario':
    case 'scenario_step':
      draft.scenario = scenarioAfter(draft.scenario, entry);
      break;
    case 'note':
      if (entry.level === 'warn') draft.warning = entry.text;
      break;
    case 'gap':
      draft.warning = `${entry.name} died with its last records unwritten`;
      break;
    case 'friends':
      break;
    default:
      entry satisfies never;
  }
}

function scenarioAfter(
  before: ScenarioState | undefined,
  entry: Extract<JournalEntry, { type: 'scenario' | 'scenario_step' }>,
): ScenarioState | undefined {
  if (entry.type === 'scenario') {
    const { name, steps, verdict } = entry;
    const fresh = { name, steps, done: 0, now: undefined, verdict };
    return entry.state === 'started' || !before ? fresh : { ...before, now: undefined, verdict };
  }
  if (!before) return undefined;
  if (entry.state === 'started') return { ...before, now: entry.text };
  return { ...before, done: before.done + 1, now: undefined };
}

function instance(draft: Draft, name: string, change: (row: InstanceRow) => InstanceRow): void {
  const row = draft.instances.get(name) ?? {
    name,
    state: 'starting',
    pid: undefined,
    url: undefined,
    online: undefined,
    pending: 0,
  };
  draft.instances.set(name, change(row));
}

/** Whom a step is about; a rejection, all whom its event was meant for. */
function concerned({ rows }: Draft, entry: StepRecord): readonly string[] {
  if ('to' in entry) return [entry.to];
  if ('recipients' in entry) return entry.recipients;
  if (entry.step !== 'rejected') return [];
  return [...rows.values()].filter(({ event }) => event === entry.event).map(({ to }) => to);
}

function step(draft: Draft, entry: StepRecord, to: string): void {
  const key = `${entry.event} ${to}`;
  const before = draft.rows.get(key);
  const progress = delivering(before?.progress, entry);
  if (!progress) return;
  if (!before && draft.rows.size >= mostRows) {
    const [oldest] = draft.rows.keys();
    if (oldest !== undefined) draft.rows.delete(oldest);
  }
  if (progress.end !== before?.progress.end) {
    if (before?.progress.end) draft[before.progress.end] -= 1;
    if (progress.end) draft[progress.end] += 1;
  }
  const at = before?.at ?? entry.at;
  draft.rows.set(key, {
    key,
    event: entry.event,
    kind: entry.kind,
    from: entry.from,
    to,
    position: entry.position ?? before?.position,
    progress,
    at,
    ms: entry.at > at ? entry.at - at : before?.ms,
  });
}
