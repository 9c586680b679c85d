import { column } from '../cells.ts';
import type { Line } from '../line.ts';
import { theme } from '../theme.ts';
import { type Binding, bindings } from '../view/keys.ts';

/** Every key in columns that fit, and what the signs mean. */
export function helpLines(width: number): Line[] {
  const groups = [...Map.groupBy(bindings, ({ group }) => group)];
  const blocks = groups.map(([group, keys]) => [[[group, 'focus']] as Line, ...keys.map(bindingLine), []]);
  if (width < 110) return blocks.flat().filter((line) => line.length > 0);
  const half = Math.floor(width / 2);
  const [left, right] = [blocks.slice(0, 2).flat(), [...blocks.slice(2).flat(), ...signs()]];
  return Array.from({ length: Math.max(left.length, right.length) }, (_, row) => {
    const text = (left[row] ?? []).map(([part]) => part).join('');
    return [...(left[row] ?? []), [' '.repeat(Math.max(0, half - text.length))], ...(right[row] ?? [])];
  });
}

const bindingLine = ({ keys, help }: Binding): Line => [
  [`  ${column(keys.join(' '), 12)}`, 'strong'],
  [help],
];

const signs = (): Line[] => [
  [['Signs', 'focus']],
  ...(
    [
      [theme.ends.delivered, 'delivered, or running and online'],
      [theme.progress(undefined), 'under way'],
      [theme.ends.undelivered, 'not delivered: the recipient was not there or no friend'],
      [theme.process('ready', false), 'running, but the relay does not see it'],
      [theme.process('failed', undefined), 'refused, rejected, failed or died'],
      [theme.fault, 'a fault in force'],
    ] as const
  ).map(([{ glyph, tone }, text]): Line => [[`  ${glyph}  `, tone], [text]]),
];
