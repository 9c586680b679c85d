/**
 * What a test sees of a stack. Plain types, here and in the two files beside, because they are published as they are:
 * whoever installs the package has none of the libraries that its inside is made of.
 */

import type { Duration, PositionContent } from './data-types.ts';
import type { TestUser } from './user-types.ts';

export type Topology = 'relay' | 'direct' | 'single';

export interface UserOptions {
  /** False: without acknowledgements, as clients are that know nothing of them. */
  readonly acks?: boolean;
  /** A backend of your own, in any language; absent: a simulated one. */
  readonly backend?: BackendCommand;
}

/**
 * A command in a user's place. It is told by its environment who it is and where everything is: `USER_ID`, `PORT`,
 * `COLLAB_URL`, `COLLAB_TOKEN_FILE`, `DATA_DIR` …
 */
export interface BackendCommand {
  /** A text goes to `sh -c`, so that `$PORT` works in it; a list is run as it is. */
  readonly command: string | readonly string[];
  /** Where it runs; the working folder if absent. */
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** When it is ready: this path of its port is answered, it takes a connection (so if absent), or prints a line with this. */
  readonly ready?: (
    | { readonly http: string }
    | { readonly tcp: true | number }
    | { readonly log: string }
  ) & { readonly within?: Duration };
  readonly restart?: 'never' | 'on-failure' | 'always';
  readonly stop?: {
    readonly signal?: 'SIGTERM' | 'SIGINT' | 'SIGHUP' | 'SIGQUIT' | 'SIGKILL';
    /** How long it may take before it is killed; 5 s if absent. */
    readonly grace?: Duration;
  };
}

/** Tokens a second, and how many of them may be saved up. */
export interface Bucket {
  readonly rate: number;
  readonly burst: number;
}

export interface StackOptions<Name extends string = string> {
  /** Who takes part: names, or a map from names to settings. A name is lower case letters, digits and "-". */
  readonly users: readonly Name[] | Readonly<Record<Name, UserOptions>>;
  /** Pairs are friends of one another, a map is one-sided; absent: nobody is anybody's friend. */
  readonly friends?:
    | 'everyone'
    | readonly (readonly [NoInfer<Name>, NoInfer<Name>])[]
    | Readonly<Partial<Record<NoInfer<Name>, readonly NoInfer<Name>[]>>>;
  /** Who has which positions: names of shipped ones (`berlin-calls`), or positions of your own by name. */
  readonly positions?: Readonly<
    Partial<Record<NoInfer<Name>, readonly string[] | Readonly<Record<string, PositionContent>>>>
  >;
  /** Absent: `relay`. */
  readonly topology?: Topology;
  /** How many nodes the relay has; with more than one there is a private Redis between them. */
  readonly relays?: number;
  readonly limits?: Readonly<
    Partial<
      Record<
        'per_connection' | 'per_pair' | 'per_address' | 'per_connection_control' | 'rest_per_address',
        Bucket
      >
    >
  >;
  /** How long a lost user still counts as online; 300 ms if absent. */
  readonly grace?: Duration;
  /** How often a backend sends again what nobody has answered; 45 s if absent. */
  readonly sweep?: Duration;
  /** For whatever is left to chance; another one each time if absent. */
  readonly seed?: number;
  /** Each user has a page, for tests in a browser. */
  readonly pages?: boolean;
  /** Everything speaks TLS, with certificates of an authority of this run. */
  readonly tls?: boolean;
  /** Any free ports, or these and the ones that follow them; free ones if absent. */
  readonly ports?:
    | 'auto'
    | { readonly relay: number; readonly firstBackend: number; readonly firstPage?: number };
  /** Where `.collab-dev/runs` is, with the databases, logs and journals of the last 20 runs; the working folder if absent. */
  readonly folder?: string;
  /** Calls off a start that is under way, and ends a stack that runs. */
  readonly signal?: AbortSignal;
}

/** Where a fault lies: from one end to the other, or between two. An end is a user or `relay`. */
export type FaultPlace<Name extends string = string> =
  | { readonly between: readonly [Name | 'relay', Name | 'relay'] }
  | { readonly from: Name | 'relay'; readonly to: Name | 'relay' };

/** Which messages it is about: an event type or the name of a frame, the nth of them, each with a probability. */
export interface FaultChoice {
  readonly type?: string;
  readonly nth?: number;
  readonly chance?: number;
}

export interface Faults<Name extends string = string> {
  readonly cut: FaultPlace<Name>;
  readonly delay: FaultPlace<Name> & FaultChoice & { readonly by: Duration; readonly jitter?: Duration };
  readonly throttle: FaultPlace<Name> & { readonly rate: number };
  readonly drop: FaultPlace<Name> & FaultChoice;
  readonly duplicate: FaultPlace<Name> & FaultChoice;
  readonly reset: FaultPlace<Name> & FaultChoice;
}

/** A fault in force. `await using` ends it with its block. */
export interface Fault extends AsyncDisposable {
  readonly id: string;
  heal(): Promise<void>;
}

/** A step of the scenario language as an object: `{ alice: { share: 'berlin-calls', with: 'bob' } }`. */
export type Step = Readonly<Record<string, unknown>>;

/** A running stack: a relay, a backend a user, the links between them. `await using` ends all of it. */
export interface TestStack<Name extends string = string> extends AsyncDisposable {
  readonly users: Readonly<Record<Name, TestUser<Name>>>;
  readonly runId: string;
  /** With the databases, logs and journals of this run: `collab-dev explain`, `check` and `logs` read it. */
  readonly folder: string;
  /** Undefined in a topology without a relay. */
  readonly relayUrl: string | undefined;

  /** SIGKILL; it stays down until `start`. A name is a user's, `relay`, `relay.1` …, `redis`. */
  kill(name: string): Promise<void>;
  start(name: string): Promise<void>;
  restart(name: string): Promise<void>;
  /** SIGSTOP: it does nothing, and its connections stay. */
  pause(name: string): Promise<void>;
  resume(name: string): Promise<void>;

  /** Lays a fault on a link; resolves when it is in force. */
  fault<Verb extends keyof Faults>(verb: Verb, where: Faults<Name>[Verb]): Promise<Fault>;
  /** Ends every fault, and lets what is paused go on. */
  heal(): Promise<void>;

  /** Plays steps of the scenario language, one after another: all that it can say. Answers what the last one brought. */
  play(...steps: readonly Step[]): Promise<unknown>;
  /** Resolves when nothing is under way any more. @throws Unmet with what kept it from being quiet */
  quiet(options?: { readonly within?: Duration }): Promise<void>;
  /**
   * Heals, waits for quiet and compares all databases with all that was acknowledged: nothing lost, nothing twice,
   * nothing out of order, nothing at somebody it was not meant for. @throws Unmet with every finding
   */
  check(): Promise<void>;
}
