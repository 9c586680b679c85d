import { clean, cut, widthOf } from '../cells.ts';
import { cutLine, type Line, lineWidth } from '../line.ts';
import { theme } from '../theme.ts';

/** `▶ events ──────── 124, following`: a mark and a colour where the keys go. */
export function titleLine(title: string, note: Line, width: number, focused: boolean): Line {
  const { rule, focused: mark } = theme.title;
  const end = lineWidth(note) === 0 ? [] : [[' '] as const, ...cutLine(note, Math.floor(width / 2))];
  const start = `${focused ? mark : rule} ${cut(clean(title), width - lineWidth(end) - 4)} `;
  const line = rule.repeat(Math.max(0, width - widthOf(start) - lineWidth(end)));
  return [[start, focused ? 'focus' : 'strong'], [line, 'dim'], ...end];
}
