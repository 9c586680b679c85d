/** What a command exits with when a problem ends it: the table of the README. */
export type ExitCode = 1 | 2 | 3 | 4 | 5;

export interface ProblemParts {
  /** A stable word for programs, in kebab-case: `port-taken`. */
  readonly code: string;
  /** One sentence: the subject, what happened, with the names that the user typed. */
  readonly message: string;
  /** What to do about it. */
  readonly hint?: string | undefined;
  readonly cause?: unknown;
  /** 2 means that nothing was started; 3 (the default) that the stack failed. */
  readonly exit?: ExitCode | undefined;
}

/**
 * An error that its reader can act on. Anything else that is thrown is a bug of ours, and is shown with its stack.
 * Problems are made in small named functions beside the code that meets them, so that their sentences read together.
 */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly code: string;
  readonly hint: string | undefined;
  readonly exit: ExitCode;

  constructor({ code, message, hint, cause, exit = 3 }: ProblemParts) {
    super(message, cause === undefined ? {} : { cause });
    this.code = code;
    this.hint = hint;
    this.exit = exit;
  }
}

/** The message of anything that was thrown, for a log line or a wrapped sentence. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
