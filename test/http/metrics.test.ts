import { expect, test } from 'vitest';
import {
  counter,
  exposition,
  gauge,
  histogram,
  histograms,
  tallied,
} from '../../src/http/metrics/exposition.ts';
import { between, Histogram, Tally } from '../../src/http/metrics/meters.ts';
import { ProcessMetrics } from '../../src/http/metrics/process-metrics.ts';
import { samplesOf } from './samples.ts';

test('what is counted is written with its help, its type and its labels', () => {
  const tally = new Tally();
  tally.add('a "quoted"\nlabel\\');
  tally.add('plain', 2);
  expect(
    exposition([gauge('up', 'Is it up?\nYes.', 1), tallied('seen_total', 'Seen.', tally, ['what'])]),
  ).toBe(
    [
      '# HELP up Is it up?\\nYes.',
      '# TYPE up gauge',
      'up 1',
      '# HELP seen_total Seen.',
      '# TYPE seen_total counter',
      'seen_total{what="a \\"quoted\\"\\nlabel\\\\"} 1',
      'seen_total{what="plain"} 2',
      '',
    ].join('\n'),
  );
});

test('several labels are kept apart, and without labels only the sum is shown', () => {
  const tally = new Tally();
  tally.add(`x${between}y`);
  tally.add(`x${between}z`, 4);
  expect(samplesOf(exposition([tallied('t_total', 'T.', tally, ['one', 'other'])]))).toEqual(
    new Map([
      ['t_total{one="x",other="y"}', 1],
      ['t_total{one="x",other="z"}', 4],
    ]),
  );
  expect(samplesOf(exposition([tallied('t_total', 'T.', tally, undefined)]))).toEqual(
    new Map([['t_total', 5]]),
  );
});

test('a histogram counts up: each bucket holds all that is at most its bound', () => {
  const observed = new Histogram([1, 2]);
  for (const value of [0.5, 1, 1.5, 3]) observed.observe(value);
  expect(samplesOf(exposition([histogram('took_seconds', 'Took.', observed)]))).toEqual(
    new Map([
      ['took_seconds_bucket{le="1"}', 2],
      ['took_seconds_bucket{le="2"}', 3],
      ['took_seconds_bucket{le="+Inf"}', 4],
      ['took_seconds_sum', 6],
      ['took_seconds_count', 4],
    ]),
  );
});

test('histograms of one name are told apart by a label', () => {
  const [fast, slow] = [new Histogram([1]), new Histogram([1])];
  fast.observe(0.5);
  slow.observe(2);
  expect(samplesOf(exposition([histograms('took_seconds', 'Took.', 'by', { fast, slow })]))).toEqual(
    new Map([
      ['took_seconds_bucket{by="fast",le="1"}', 1],
      ['took_seconds_bucket{by="fast",le="+Inf"}', 1],
      ['took_seconds_sum{by="fast"}', 0.5],
      ['took_seconds_count{by="fast"}', 1],
      ['took_seconds_bucket{by="slow",le="1"}', 0],
      ['took_seconds_bucket{by="slow",le="+Inf"}', 1],
      ['took_seconds_sum{by="slow"}', 2],
      ['took_seconds_count{by="slow"}', 1],
    ]),
  );
});

test('every process shows its heap and its event loop, from the first scrape on', () => {
  using own = new ProcessMetrics();
  own.metrics();
  const samples = samplesOf(exposition([...own.metrics(), counter('x_total', 'X.', 1)]));
  for (const value of samples.values()) expect(value).toBeGreaterThanOrEqual(0);
  expect(samples.get('nodejs_heap_size_used_bytes')).toBeGreaterThan(1000);
  expect([...samples.keys()]).toContain('nodejs_eventloop_lag_p99_seconds');
});
