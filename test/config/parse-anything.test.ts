import fc from 'fast-check';
import { expect, test } from 'vitest';
import { starterFiles } from '../../src/cli/init/templates.ts';
import { parseConfig } from '../../src/config/parse-config.ts';
import { renderComplaints } from '../../src/scenario/complaint.ts';
import { yamlFiles } from '../scenario/fixtures.ts';
import { configOf, project } from './rig.ts';

const starters = starterFiles(false).map(({ text }) => text.replaceAll(/^( *)#(?! [A-Za-z"*])/gm, '$1'));
const texts = [...yamlFiles('broken/config').map(({ text }) => text), ...starters];

/** A configuration in which one piece has been replaced by something else. */
const damaged = fc
  .record({
    text: fc.constantFrom(...texts),
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    length: fc.nat(12),
    by: fc.oneof(
      fc.string({ maxLength: 6 }),
      fc.constantFrom(
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
      ),
    ),
  })
  .map(({ text, at, length, by }) => {
    const start = Math.floor(at * text.length);
    return text.slice(0, start) + by + text.slice(start + length);
  });

test('whatever a file holds, it is a configuration or is told why not, at a place that it has', () => {
  fc.assert(
    fc.property(damaged, (text) => {
      const parsed = parseConfig('damaged.yaml', text, project);
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

test('many parts that all wait for the same ones are looked at once each', () => {
  const layers = Array.from({ length: 40 }, (_, layer) => {
    const before = layer === 0 ? '' : `, depends_on: { a${layer - 1}: ready, b${layer - 1}: ready }`;
    return `  a${layer}: { command: x${before} }\n  b${layer}: { command: x${before} }`;
  });
  expect(Object.keys(configOf(`services:\n${layers.join('\n')}\n`).services)).toHaveLength(80);
});
