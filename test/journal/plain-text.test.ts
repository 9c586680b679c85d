import { expect, test } from 'vitest';
import { readLine } from '../../src/journal/lines.ts';

const noteWith = (text: string) =>
  readLine(JSON.stringify({ type: 'note', at: 1, level: 'warn', code: 'key_changed', text }));

test.each([
  ['an escape sequence', 'Bob\u001b]0;mine\u0007 has a new key', 'Bob]0;mine has a new key'],
  ['a C1 control, which JSON does not escape', 'Bob\u009b2J', 'Bob2J'],
  ['a carriage return', 'delivered\rrefused', 'deliveredrefused'],
  ['text that runs the other way', 'to \u202ebob\u202c', 'to bob'],
  ['a tab, a line end and other languages', 'a\tb\nÄÖ 日本 👩‍🚀', 'a b\nÄÖ 日本 👩‍🚀'],
])('%s in a name does nothing to the terminal that shows the journal', (_what, text, shown) => {
  expect(noteWith(text)).toMatchObject({ kind: 'record', record: { text: shown } });
});
