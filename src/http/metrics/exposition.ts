import { between, type Histogram, type Tally } from './meters.ts';

export interface Sample {
  readonly labels?: Readonly<Record<string, string>>;
  readonly value: number;
}

/** One metric family; names follow https://prometheus.io/docs/practices/naming. */
export interface Metric {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly samples: readonly (Sample & { readonly suffix?: string })[];
}

export const gauge = (name: string, help: string, value: number): Metric => ({
  name,
  help,
  type: 'gauge',
  samples: [{ value }],
});

export const counter = (name: string, help: string, value: number): Metric => ({
  name,
  help,
  type: 'counter',
  samples: [{ value }],
});

/** A counter by labels, whose values the tally's keys hold in this order; without labels only its sum is shown. */
export function tallied(
  name: string,
  help: string,
  tally: Tally,
  labels: readonly string[] | undefined,
): Metric {
  if (labels === undefined) return counter(name, help, tally.total);
  const samples = [...tally.entries()].map(([key, value]) => {
    const values = key.split(between);
    return { labels: Object.fromEntries(labels.map((label, at) => [label, values[at] ?? ''])), value };
  });
  return { name, help, type: 'counter', samples };
}

export const histogram = (name: string, help: string, observed: Histogram): Metric => ({
  name,
  help,
  type: 'histogram',
  samples: spread(observed, {}),
});

/** A histogram for each value of a label. */
export const histograms = (
  name: string,
  help: string,
  label: string,
  observed: Readonly<Record<string, Histogram>>,
): Metric => ({
  name,
  help,
  type: 'histogram',
  samples: Object.entries(observed).flatMap(([value, one]) => spread(one, { [label]: value })),
});

function spread(observed: Histogram, labels: Readonly<Record<string, string>>): Metric['samples'] {
  const cumulative = observed.cumulative();
  const count = cumulative.at(-1) ?? 0;
  const buckets = cumulative.map((value, index) => ({
    suffix: '_bucket',
    labels: { ...labels, le: index < observed.bounds.length ? String(observed.bounds[index]) : '+Inf' },
    value,
  }));
  return [
    ...buckets,
    { suffix: '_sum', labels, value: observed.sum },
    { suffix: '_count', labels, value: count },
  ];
}

/** Metrics in the text format of Prometheus (https://prometheus.io/docs/instrumenting/exposition_formats). */
export function exposition(metrics: readonly Metric[]): string {
  return metrics
    .map(({ name, help, type, samples }) =>
      [
        `# HELP ${name} ${help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}`,
        `# TYPE ${name} ${type}`,
        ...samples.map(
          ({ suffix = '', labels = {}, value }) => `${name}${suffix}${labelled(labels)} ${value}`,
        ),
        '',
      ].join('\n'),
    )
    .join('');
}

function labelled(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

const escaped = (value: string): string =>
  value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
