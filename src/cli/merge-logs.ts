/** One line of a log, with whose it is. */
export interface NamedLine {
  readonly name: string;
  readonly line: string;
}

/**
 * The lines of several logs in one order: each log keeps its own, and among them the time that lines carry decides. A
 * line without a time goes with the one before it, and a log without any comes first, whole.
 */
export function mergeLogs(
  logs: readonly { readonly name: string; readonly lines: readonly string[] }[],
): NamedLine[] {
  const timed = logs.flatMap(({ name, lines }) => {
    let at = Number.NEGATIVE_INFINITY;
    return lines.map((line) => {
      // Within a log its own order counts, also where a clock was put back.
      at = Math.max(at, timeOf(line) ?? at);
      return { name, line, at };
    });
  });
  // `toSorted` is stable: what is of one time stays in the order of the logs.
  return timed
    .toSorted((a, b) => (a.at === b.at ? 0 : a.at - b.at))
    .map(({ name, line }) => ({ name, line }));
}

const date = String.raw`(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:[.,](\d+))?\s?(Z|[+-]\d\d:?\d\d)?`;
/** At the beginning of a line, maybe in brackets, or as a key of JSON. */
const written = new RegExp(`^\\W?${date}|"(?:time|timestamp|ts|asctime|@timestamp)":\\s?"${date}`);
const counted = /"(?:time|timestamp|ts)":\s?(\d{13})\b/;

/** When a line was printed, as far as it says so itself, in ms since 1970. Without a zone it is the local time. */
export function timeOf(line: string): number | undefined {
  const start = line.slice(0, 500);
  const [, epoch] = counted.exec(start) ?? [];
  if (epoch !== undefined) return Number(epoch);
  const found = written.exec(start)?.slice(1);
  const [day, time, fraction = '0', zone = ''] = found?.[0] === undefined ? (found?.slice(4) ?? []) : found;
  if (day === undefined) return undefined;
  const at = Date.parse(`${day}T${time}.${fraction.slice(0, 3).padEnd(3, '0')}${zone}`);
  return Number.isNaN(at) ? undefined : at;
}
