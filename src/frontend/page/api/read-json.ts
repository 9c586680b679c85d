/** Reads JSON as a page wants it: what is null is absent, as many backends mean it; undefined where it is no JSON. */
export function readJson(text: string): unknown {
  try {
    return JSON.parse(text, (_key, value: unknown) => value ?? undefined);
  } catch {
    return undefined;
  }
}
