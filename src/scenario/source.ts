/** A text with its name, and the way from an offset to a place that people count from 1. */
export interface Source {
  readonly file: string;
  readonly text: string;
  at(offset: number): { readonly line: number; readonly column: number };
  /** The text of a line, counted from 1, without its end. */
  line(line: number): string;
}

export function sourceOf(file: string, text: string): Source {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return {
    file,
    text,
    at(offset) {
      const line = starts.findLastIndex((start) => start <= offset);
      return { line: line + 1, column: offset - (starts[line] ?? 0) + 1 };
    },
    line(line) {
      const start = starts[line - 1] ?? text.length;
      const end = starts[line] ?? text.length + 1;
      return text.slice(start, end - 1).replace(/\r$/, '');
    },
  };
}
