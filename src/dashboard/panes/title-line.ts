import { cut, widthOf } from '../cells.ts';
import type { Line } from '../line.ts';
import { theme } from '../theme.ts';

/** `▶ events ──────── 124, following`: a mark and a colour where the keys go. */
export function titleLine(title: string, note: string, width: number, focused: boolean): Line {
  const { rule, focused: mark } = theme.title;
  const start = `${focused ? mark : rule} ${cut(title, width - 4)} `;
  const end = note === '' ? '' : ` ${cut(note, width - widthOf(start) - 4)}`;
  const line = rule.repeat(Math.max(0, width - widthOf(start) - widthOf(end)));
  return [
    [start, focused ? 'focus' : 'strong'],
    [line, 'dim'],
    [end, focused ? 'focus' : 'dim'],
  ];
}
