import { clean, cut, widthOf } from './cells.ts';
import type { Tone } from './theme.ts';

/** A piece of a line in one tone. */
export type Span = readonly [text: string, tone?: Tone | undefined];
/** One row of a pane, before anybody draws it. */
export type Line = readonly Span[];

export const lineWidth = (line: Line): number =>
  line.reduce((width, [text]) => width + widthOf(clean(text)), 0);

/** The line in at most `width` columns. Every text on the screen comes through here, and is clean afterwards. */
export function cutLine(line: Line, width: number): Line {
  const whole = line.map(([text, tone]): Span => [clean(text), tone]);
  let left = whole.reduce((sum, [text]) => sum + widthOf(text), 0) <= width ? width : width - 1;
  if (left === width) return whole;
  const taken: Span[] = [];
  for (const [text, tone] of whole) {
    const wide = widthOf(text);
    // Longer by two, so that it is marked as cut even where only what follows is.
    if (wide > left) return left < 0 ? [] : [...taken, [cut(`${text}  `, left + 1), tone]];
    taken.push([text, tone]);
    left -= wide;
  }
  return taken;
}

/** Two lines in one: the right one at the right edge, and the left one cut where it would touch it. */
export function spread(left: Line, right: Line, width: number): Line {
  const end = cutLine(right, width);
  const room = width - lineWidth(end);
  const start = cutLine(left, end.length > 0 ? room - 1 : room);
  return [...start, [' '.repeat(Math.max(0, room - lineWidth(start)))], ...end];
}

/** The spans, with something between any two. */
export function joined(lines: readonly Line[], between: Span): Line {
  return lines
    .filter((line) => line.length > 0)
    .flatMap((line, index) => (index === 0 ? line : [between, ...line]));
}

export const textOf = (line: Line): string => line.map(([text]) => text).join('');
