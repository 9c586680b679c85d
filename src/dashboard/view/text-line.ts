import { clean } from '../cells.ts';

/** A line of text that is being written. The cursor stands before the character of that number. */
export interface TextLine {
  readonly text: string;
  readonly cursor: number;
}

export const textLine = (text = ''): TextLine => ({ text, cursor: [...text].length });

/** The line after a key; undefined where the key means nothing to a line. */
export function typed(line: TextLine, key: string): TextLine | undefined {
  const chars = [...line.text];
  const { cursor } = line;
  const at = (next: number): TextLine => ({ ...line, cursor: Math.min(Math.max(next, 0), chars.length) });
  const without = (from: number): TextLine => ({
    text: chars.toSpliced(from, cursor - from).join(''),
    cursor: from,
  });
  switch (key) {
    case 'left':
      return at(cursor - 1);
    case 'right':
      return at(cursor + 1);
    case 'home':
    case 'ctrl-a':
      return at(0);
    case 'end':
    case 'ctrl-e':
      return at(chars.length);
    case 'backspace':
      return cursor === 0 ? line : without(cursor - 1);
    case 'ctrl-u':
      return without(0);
    case 'ctrl-w':
      return without(
        chars
          .slice(0, cursor)
          .join('')
          .replace(/\S+\s*$/, '').length,
      );
    default:
      return isText(key) ? insert(chars, cursor, key === 'space' ? ' ' : clean(key)) : undefined;
  }
}

function insert(chars: readonly string[], cursor: number, text: string): TextLine {
  const more = [...text];
  return { text: chars.toSpliced(cursor, 0, ...more).join(''), cursor: cursor + more.length };
}

const names = new Set(['enter', 'esc', 'tab', 'shift-tab', 'up', 'down', 'pgup', 'pgdn', '']);
const isText = (key: string): boolean => !names.has(key) && !/^(ctrl|alt)-/.test(key);
