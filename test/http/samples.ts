/**
 * Reads the text format of Prometheus, and throws where it is not kept: each family has its HELP and TYPE first, once,
 * and every sample belongs to the family that it stands in.
 */
export function samplesOf(text: string): Map<string, number> {
  const samples = new Map<string, number>();
  const families = new Set<string>();
  let family = '';
  if (!text.endsWith('\n')) throw new Error('The last line does not end.');
  for (const line of text.trimEnd().split('\n')) {
    const [, keyword, name = ''] = /^# (HELP|TYPE) ([a-z_:][a-z0-9_:]*) .+$/.exec(line) ?? [];
    if (keyword === 'HELP') {
      if (families.has(name)) throw new Error(`${name} is there twice.`);
      families.add(name);
      family = name;
      continue;
    }
    if (keyword === 'TYPE') continue;
    const sample = /^([a-z_:][a-z0-9_:]*)(\{(?:[a-z_]+="(?:[^"\\]|\\.)*",?)*\})? (\S+)$/.exec(line);
    const [, base = '', labels = '', value = ''] = sample ?? [];
    if (!sample || !base.startsWith(family) || Number.isNaN(Number(value)))
      throw new Error(`Not a sample: ${line}`);
    if (samples.has(base + labels)) throw new Error(`${base}${labels} is there twice.`);
    samples.set(base + labels, Number(value));
  }
  return samples;
}
