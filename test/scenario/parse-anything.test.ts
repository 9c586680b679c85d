import fc from 'fast-check';
import { expect, test } from 'vitest';
import { renderComplaints } from '../../src/scenario/complaint.ts';
import { parseScenario } from '../../src/scenario/parse.ts';
import { portfolios, yamlFiles } from './fixtures.ts';

const texts = [...yamlFiles('scenarios'), ...yamlFiles('broken')].map(({ text }) => text);

/** A fixture in which one piece has been replaced by something else. */
const damaged = fc
  .record({
    text: fc.constantFrom(...texts),
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    length: fc.nat(12),
    by: fc.oneof(
      fc.string({ maxLength: 6 }),
      fc.constantFrom(': ', '- ', '{', '}', '[', ']', '$', '*', '&a', '!', '\n', '\t', "'", '"'),
    ),
  })
  .map(({ text, at, length, by }) => {
    const start = Math.floor(at * text.length);
    return text.slice(0, start) + by + text.slice(start + length);
  });

test('whatever a file holds, it parses or is told why not, at a place that it has', () => {
  fc.assert(
    fc.property(damaged, (text) => {
      const parsed = parseScenario('damaged.yaml', text, portfolios);
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
});
