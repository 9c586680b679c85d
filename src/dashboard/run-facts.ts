/** What a run is, beside what happens in it: known to whoever opened the dashboard, not to the journal. */
export interface RunFacts {
  readonly runId: string;
  readonly phase: string;
  readonly relayUrl: string | undefined;
  /** Where the users' pages are, in short. */
  readonly pages?: string | undefined;
  readonly readyMs: number | undefined;
  /** Said in the status line until it is undefined again: that the run is being stopped. */
  readonly notice: string | undefined;
  /** `relay`, `direct` or `single`. */
  readonly topology?: string | undefined;
  /** Users who do not acknowledge: for them `routed` is the last that is known. */
  readonly unacknowledged?: readonly string[];
  /** `replay --step`: the next step waits for a key. */
  readonly stepping?: boolean;
  /** What a person reads about the verdict, once there is one. */
  readonly report?: readonly string[];
}
