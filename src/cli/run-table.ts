import type { RunFolder } from '../stack/run-folder.ts';
import type { InstanceState, Snapshot } from './supervisor/control-frames.ts';

/** What programs get to read about a run that is alive: `ps --format json`, `up -d --format json`. */
export function runJson(snapshot: Snapshot, folder: string) {
  const { run_id, name, phase, pid, detached, relay_url, topology, instances, pages, faults } = snapshot;
  return {
    run_id,
    ...(name !== undefined && { name }),
    folder,
    phase,
    pid,
    detached,
    ...(topology && { topology }),
    ...(relay_url !== undefined && { relay_url }),
    processes: instances,
    pages,
    faults,
  };
}

/** The same about a run whose supervisor was killed: nobody is left who knows more. */
export const deadRunJson = ({ id, name, path }: RunFolder & { readonly name: string | undefined }) => ({
  run_id: id,
  ...(name !== undefined && { name }),
  folder: path,
  phase: 'dead',
  processes: [],
});

type Column = { readonly title: string; readonly of: (one: InstanceState, now: number) => string };

const columns: readonly Column[] = [
  { title: 'NAME', of: ({ name }) => name },
  { title: 'ROLE', of: ({ role }) => role },
  { title: 'STATE', of: ({ state }) => state },
  { title: 'PID', of: ({ pid }) => String(pid ?? '-') },
  { title: 'URL', of: ({ url }) => url ?? '-' },
  { title: 'UP', of: ({ state, ready_at }, now) => (isUp(state) ? uptime(now, ready_at) : '-') },
  { title: 'RESTARTS', of: ({ restarts }) => String(restarts) },
];

/** Every process of a run, a line each, under a heading. `now` is in ms since 1970. */
export function processTable(instances: readonly InstanceState[], now: number): string[] {
  const rows = [
    columns.map(({ title }) => title),
    ...instances.map((one) => columns.map((column) => column.of(one, now))),
  ];
  const widths = columns.map((_, index) => Math.max(...rows.map((row) => row[index]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, index) => cell.padEnd(widths[index] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

const isUp = (state: InstanceState['state']): boolean => state === 'ready' || state === 'paused';

/** `12 s`, `5 min`, `3 h 20 min`, `2 d 4 h`. */
export function uptime(now: number, since: number | undefined): string {
  if (since === undefined) return '-';
  const seconds = Math.max(0, Math.round((now - since) / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return hours < 24 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} d ${hours % 24} h`;
}
