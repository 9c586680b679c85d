import { cutLine, type Line } from './line.ts';
import { type Style, theme } from './theme.ts';

const colors = { red: 31, green: 32, yellow: 33, cyan: 36 } as const;
const weights = { bold: 1, dim: 2 } as const;

/** Lines as one text with styles in it, none wider than there is room. It is all that Ink gets to see of a pane. */
export function paint(lines: readonly Line[], width: number, color: boolean): string {
  return lines.map((line) => painted(cutLine(line, width), color)).join('\n');
}

/** An empty text would have no height. */
const painted = (line: Line, color: boolean): string =>
  line.map(([text, tone = 'plain']) => styled(text, theme.tones[tone], color)).join('') || ' ';

function styled(text: string, style: Style, color: boolean): string {
  const begin: number[] = [];
  const end: number[] = [];
  if (style.color && color) {
    begin.push(colors[style.color]);
    end.push(39);
  }
  if (style.weight) {
    begin.push(weights[style.weight]);
    end.push(22);
  }
  if (style.inverse) {
    begin.push(7);
    end.push(27);
  }
  return begin.length === 0 ? text : `\u001b[${begin.join(';')}m${text}\u001b[${end.join(';')}m`;
}
