import type { Measured } from './row.ts';

/** The lines as a table of text: what, aim, median, min–max, verdict, absolute numbers. */
export function tableOf(lines: readonly Measured[]): string {
  const cells = [
    ['row', 'aim', 'measured', 'min–max', '', 'ours and theirs'],
    ...lines.map((line) => [
      line.what,
      line.aim === undefined ? '' : `≤ ${shown(line.aim, line)}`,
      shown(line.ratios.median, line),
      `${shown(line.ratios.min, line)}–${shown(line.ratios.max, line)}`,
      verdict(line),
      [line.behind, ...line.doubts].join('; '),
    ]),
  ];
  const widths =
    cells[0]?.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0))) ?? [];
  const padded = cells.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '));
  return `${padded.map((row) => row.trimEnd()).join('\n')}\n`;
}

const shown = (value: number, { unit }: Measured): string =>
  unit === 'ms' ? `${value.toFixed(0)} ms` : value.toFixed(2);

function verdict({ aim, ratios, doubts }: Measured): string {
  if (doubts.length > 0) return 'doubtful';
  if (aim === undefined) return '';
  return ratios.median <= aim ? 'pass' : 'short';
}
