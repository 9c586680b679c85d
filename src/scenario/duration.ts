const unit = { ms: 1, s: 1000, m: 60_000 } as const;

/** A number with its unit, as files write it: `250ms`, `1.5s`, `2m`. */
export const durationPattern = /^\d+(\.\d+)?(ms|s|m)$/;

/** Milliseconds of a text that `durationPattern` has seen. */
export function milliseconds(text: string): number {
  const [, amount = '0', , name = 'ms'] = /^(\d+(\.\d+)?)(ms|s|m)$/.exec(text) ?? [];
  return Number(amount) * (name === 'm' ? unit.m : name === 's' ? unit.s : unit.ms);
}

/** `2 s`, `500 ms`: for sentences. */
export function inWords(ms: number): string {
  if (ms >= 60_000 && ms % 60_000 === 0) return `${ms / 60_000} min`;
  return ms >= 1000 && ms % 100 === 0 ? `${ms / 1000} s` : `${Math.round(ms)} ms`;
}
