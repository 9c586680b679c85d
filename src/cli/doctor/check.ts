/** One thing that was looked at. A warning keeps nothing from starting. */
export interface Check {
  /** For programs: `node`, `ports`. */
  readonly name: string;
  readonly state: 'ok' | 'warning' | 'failure';
  /** One sentence, or a few lines where there are several things to say. */
  readonly message: string;
  readonly hint?: string | undefined;
}

export const ok = (name: string, message: string): Check => ({ name, state: 'ok', message });
export const warning = (name: string, message: string, hint?: string): Check => ({
  name,
  state: 'warning',
  message,
  hint,
});
export const failure = (name: string, message: string, hint?: string): Check => ({
  name,
  state: 'failure',
  message,
  hint,
});
