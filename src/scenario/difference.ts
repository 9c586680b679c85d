/** The first place at which a value is not what a pattern asks for. */
export interface Difference {
  /** `data.comment.text`; empty for the value itself. */
  readonly path: string;
  readonly expected: string;
  readonly seen: string;
}

/** `data.version: expected 2, saw 1` */
export function explain({ path, expected, seen }: Difference): string {
  return `${path === '' ? '' : `${path}: `}expected ${expected}, saw ${seen}`;
}
