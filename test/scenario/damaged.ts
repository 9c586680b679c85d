import fc from 'fast-check';
import { expect } from 'vitest';
import { type Complaint, renderComplaints } from '../../src/scenario/complaint.ts';
import type { Source } from '../../src/scenario/source.ts';

type Parsed =
  | { readonly ok: true }
  | { readonly ok: false; readonly source: Source; readonly complaints: readonly Complaint[] };

const pieces = [
  ': ',
  '- ',
  '{',
  '}',
  '[',
  ']',
  '$',
  '${',
  '*',
  '&a',
  '!',
  '\n',
  '\t',
  "'",
  '"',
  '1e9',
  'null',
];

/** One of the texts, in which one piece has been replaced by something else. */
const damaged = (texts: readonly string[]): fc.Arbitrary<string> =>
  fc
    .record({
      text: fc.constantFrom(...texts),
      at: fc.double({ min: 0, max: 1, noNaN: true }),
      length: fc.nat(12),
      by: fc.oneof(fc.string({ maxLength: 6 }), fc.constantFrom(...pieces)),
    })
    .map(({ text, at, length, by }) => {
      const start = Math.floor(at * text.length);
      return text.slice(0, start) + by + text.slice(start + length);
    });

/** Whatever becomes of the texts, each is right or is told why not, at a place that it has. */
export const expectTold = (texts: readonly string[], parse: (file: string, text: string) => Parsed): void =>
  fc.assert(
    fc.property(damaged(texts), (text) => {
      const parsed = parse('damaged.yaml', text);
      if (parsed.ok) return;
      expect(parsed.complaints.length).toBeGreaterThan(0);
      for (const { start, end } of parsed.complaints) {
        expect(start).toBeLessThanOrEqual(text.length);
        expect(end).toBeGreaterThan(start);
      }
      expect(renderComplaints(parsed.source, parsed.complaints)).toMatch(/^damaged\.yaml:\d+:\d+ /);
    }),
    { numRuns: 300 },
  );
