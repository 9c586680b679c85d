import stringWidth from 'string-width';

const esc = '\u001b';
const bell = '\u0007';
/** CSI and its 8-bit form, strings (OSC, DCS, APC, PM, SOS) with an end, and every other esc of two or three. */
const sequences = new RegExp(
  [
    `(?:${esc}\\[|\u009b)[0-?]*[ -/]*[@-~]?`,
    `(?:${esc}[\\]PX^_]|[\u0090\u0098\u009d-\u009f])[^${bell}${esc}\u009c]*(?:${bell}|${esc}\\\\|\u009c)`,
    `${esc}[ -/]*[0-~]?`,
  ].join('|'),
  'g',
);
/** What is left of control characters, and what turns the reading direction for the rest of a line. */
const controls = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;
const printable = /^[ -~]*$/;

/** Text of others as one line that can do nothing to a terminal: control sequences go, blanks of all kinds are one. */
export function clean(text: string): string {
  if (printable.test(text)) return text;
  return text
    .replace(sequences, '')
    .replace(/ *[\t\n\r\v\f]+ */g, ' ')
    .replace(controls, '');
}

/** Nothing but characters of one column: Latin letters, arrows, lines, and the signs that we draw with. */
const narrow = /^[ -~\u00a1-\u00ac\u00ae-\u02ff\u2010-\u2027\u2190-\u21ff\u2500-\u257f\u25a0-\u25fc✓✗]*$/;

/** How many columns of a terminal a clean text takes; a wide character takes two. */
export const widthOf = (text: string): number => (narrow.test(text) ? text.length : stringWidth(text));

/** A clean text in at most `width` columns; what is cut off is marked. */
export function cut(text: string, width: number): string {
  if (width <= 0) return '';
  if (widthOf(text) <= width) return text;
  if (narrow.test(text)) return `${text.slice(0, width - 1)}…`;
  let taken = '';
  let columns = 0;
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    columns += stringWidth(segment);
    if (columns > width - 1) break;
    taken += segment;
  }
  return `${taken}…`;
}

/** A text in exactly `width` columns. */
export function column(text: string, width: number): string {
  const short = cut(clean(text), width);
  return short + ' '.repeat(Math.max(0, width - widthOf(short)));
}

/** A text over as many lines as it needs, broken between words where that can be done. */
export function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const paragraph of text.split('\n')) {
    let line = '';
    for (const word of clean(paragraph).split(' ')) {
      const longer = line === '' ? word : `${line} ${word}`;
      if (widthOf(longer) <= width) line = longer;
      else {
        if (line !== '') lines.push(line);
        line = cut(word, width);
      }
    }
    lines.push(line);
  }
  return lines;
}
