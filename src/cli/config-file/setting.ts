/** A value that counts, and where it comes from: `--tls`, `COLLAB_DEV_TLS`, `collab-dev.yaml:7`, or nobody said it. */
export interface Setting<T> {
  readonly value: T;
  readonly from: string;
}

export const usual = 'default';

/** The first that is said: flags come before the environment, and that before the file. */
export function firstOf<T>(said: readonly (Setting<T | undefined> | undefined)[], otherwise: T): Setting<T> {
  for (const one of said) if (one && one.value !== undefined) return { value: one.value, from: one.from };
  return { value: otherwise, from: usual };
}
