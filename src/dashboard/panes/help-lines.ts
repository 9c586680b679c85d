import { column } from '../cells.ts';
import { cutLine, type Line, lineWidth } from '../line.ts';
import { theme } from '../theme.ts';
import { type Binding, bindings } from '../view/keys.ts';

/** Every key, in two columns, and what the signs mean. */
export function helpLines(width: number, stepping: boolean): Line[] {
  const shown = bindings.filter(({ help, stepping: only }) => help !== undefined && (!only || stepping));
  const blocks = [...Map.groupBy(shown, ({ group }) => group)].map(([group, keys]): Line[] => [
    [[group, 'focus']],
    ...keys.map(bindingLine),
  ]);
  const isLook = (lines: readonly Line[]): boolean => ['Move', 'Look'].includes(lines[0]?.[0]?.[0] ?? '');
  const left = apart(blocks.filter(isLook));
  const right = apart([...blocks.filter((lines) => !isLook(lines)), signs]);
  const half = Math.floor(width / 2);
  return Array.from({ length: Math.max(left.length, right.length) }, (_, row): Line => {
    const start = cutLine(left[row] ?? [], half - 1);
    return [...start, [' '.repeat(half - lineWidth(start))], ...(right[row] ?? [])];
  });
}

/** With an empty line between any two blocks. */
const apart = (blocks: readonly (readonly Line[])[]): Line[] =>
  blocks.flatMap((lines, index) => (index === 0 ? lines : [[], ...lines]));

const bindingLine = ({ keys, shown, help = '' }: Binding): Line => [
  [`${column(shown ?? keys.join(' '), 13)} `, 'strong'],
  [help],
];

const routed = { word: 'routed', end: undefined, why: undefined, rank: 0 } as const;

const signs: readonly Line[] = [
  [['Signs', 'focus']],
  ...(
    [
      [theme.ends.delivered, 'delivered; running and online'],
      [theme.progress(undefined), 'under way'],
      [theme.progress(routed, true), 'handed over; it does not acknowledge'],
      [theme.ends.undelivered, 'unavailable: not there, or no friend'],
      [theme.process('ready', false), 'running, but not connected'],
      [theme.process('failed', undefined), 'refused, rejected, failed, died'],
      [theme.fault, 'a fault in force'],
    ] as const
  ).map(([{ glyph, tone }, text]): Line => [[`${column(glyph, 13)} `, tone], [text]]),
];
