import type { OpenJournal } from '../journal/open-journal.ts';
import type { Answer, Child } from './child-process.ts';
import type { InstanceRole } from './children.ts';
import type { ProcessSource } from './pool.ts';
import type { ProcessState } from './process-state.ts';

export interface Death {
  readonly name: string;
  readonly exit: string;
  readonly lastLines: readonly string[];
}

/** One named process of the stack, over all its starts. */
export interface ManagedInstance {
  readonly name: string;
  readonly role: InstanceRole;
  /** A command of the user's, not a process of ours. */
  readonly foreign: boolean;
  readonly state: ProcessState;
  /** The process, while it runs. */
  readonly child: Child | undefined;
  /** Resolves when it is ready; rejects with a Problem that names it. What had begun is ended by then. */
  start(signal: AbortSignal): Promise<void>;
  /** Ends it in order; resolves when nothing of it runs. One that does not run is left alone. */
  stop(): Promise<void>;
  /** SIGKILL; resolves when nothing of it runs. */
  kill(): Promise<void>;
  /** SIGSTOP to it and all that it started. */
  pause(): Promise<void>;
  resume(): Promise<void>;
}

/** One wait for a process that has been started. */
export interface ReadyAttempt {
  readonly child: Child;
  /** Where others reach it. */
  readonly url: string | undefined;
  /** Ends the waiting; its reason is thrown. */
  readonly signal: AbortSignal;
  /** What was seen last, for the sentence about a start that takes too long. */
  readonly seen: (sentence: string) => void;
}

export interface InstanceOptions {
  readonly name: string;
  readonly role: InstanceRole;
  /** A command of the user's; absent: no. */
  readonly foreign?: boolean | undefined;
  readonly runFolder: string;
  readonly processes: ProcessSource;
  readonly journal: Pick<OpenJournal, 'tell' | 'follow' | 'ring' | 'leave'>;
  /** How long it may take from `configure` until it is ready. */
  readonly startMs: number;
  /** The settings of this start; waits for whatever they depend on. */
  readonly settings: () => Promise<unknown>;
  /** Takes note of where it listens; answers its public URL. */
  readonly configured: (answer: Answer) => Promise<string | undefined>;
  /** Resolves when it serves; absent: it does so as soon as it is configured. */
  readonly untilReady?: ((attempt: ReadyAttempt) => Promise<void>) | undefined;
  /** Who cannot start before this one is ready. */
  readonly waiting: readonly string[];
  readonly onDeath: (death: Death) => void;
  /** False for what writes no journal of its own. */
  readonly tells?: boolean | undefined;
  /** How it may end when it is asked to; absent: by exit code 0. */
  readonly isClean?: ((exit: string) => boolean) | undefined;
  /** Its state has changed; a stop in order waits for this before it goes on. */
  readonly onChange?: (() => Promise<void>) | undefined;
}
