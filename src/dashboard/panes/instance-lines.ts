import { column } from '../cells.ts';
import { type FaultInForce, seenFrom } from '../faults.ts';
import { type InstanceRow, isUser } from '../instances.ts';
import { cutLine, joined, type Line } from '../line.ts';
import { theme } from '../theme.ts';
import type { Scene } from '../view/scene.ts';

/** Every process with its state, and every user with presence, faults, and what waits in the outbox. */
export function instanceLines(scene: Scene, width: number, rows: number): Line[] {
  const { frame, view, instance: selected } = scene;
  const all = [...frame.model.instances.values()];
  const faults = [...frame.model.faults.values()];
  const at = all.findIndex(({ name }) => name === selected);
  const top = Math.max(0, Math.min(at - Math.floor(rows / 2), all.length - rows));
  const names = Math.min(Math.max(6, ...all.map(({ name }) => name.length)), 14);
  return all.slice(top, top + rows).map((row) => {
    const mark = row.name !== selected ? 'none' : view.focus === 'instances' ? 'here' : 'elsewhere';
    return instanceLine(row, {
      names,
      width,
      faults,
      mark: theme.selected[mark],
      isSelected: mark !== 'none',
    });
  });
}

interface Drawn {
  readonly names: number;
  readonly width: number;
  readonly faults: readonly FaultInForce[];
  readonly mark: string;
  readonly isSelected: boolean;
}

function instanceLine(row: InstanceRow, { names, width, faults, mark, isSelected }: Drawn): Line {
  const { glyph, tone } = theme.process(row.state, row.online);
  const start: Line = [
    [mark, 'focus'],
    [glyph, tone],
    [` ${column(row.name, names)}`, isSelected ? 'strong' : 'plain'],
    [` ${column(presence(row), 8)}`, tone === 'good' ? 'dim' : tone],
  ];
  return cutLine([...start, [' '], ...joined(remarks(row, faults), [' '])], width);
}

function presence({ state, online }: InstanceRow): string {
  if (state === 'failed') return 'died';
  if (state !== 'ready' || online === undefined) return state;
  return online ? 'online' : 'offline';
}

/** What is special about it, the most important first: the rest may be cut off. */
function remarks(row: InstanceRow, faults: readonly FaultInForce[]): Line[] {
  const seen = isUser(row.name) ? faults.map((fault) => seenFrom(fault, row.name)) : [];
  return [
    ...seen
      .filter((text) => text !== undefined)
      .map((text): Line => [[`${theme.fault.glyph} ${text}`, 'bad']]),
    row.exit !== undefined ? [[row.exit, 'bad']] : [],
    row.pending > 0 ? [[`${row.pending} waiting`, 'waiting']] : [],
    row.restarts > 0 ? [[`${theme.restarts}${row.restarts}`, 'waiting']] : [],
    row.url === undefined || row.exit !== undefined ? [] : [[`:${portOf(row.url)}`, 'dim']],
  ];
}

const portOf = (url: string): string => (URL.canParse(url) ? new URL(url).port : url);
