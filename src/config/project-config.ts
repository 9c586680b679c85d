import type { BucketSettings } from '../protocol/limits.ts';
import type { Topology } from '../protocol/topology.ts';
import type { ScenarioPosition } from '../scenario/scenario.ts';
import type { Source } from '../scenario/source.ts';
import type { ForeignCommand } from '../stack/foreign-command.ts';

/** Commands by name. Their `command` and `env` may still hold `${NAME}`: see `expandCommand`. */
export type Commands = Readonly<Record<string, ForeignCommand>>;

export interface ConfigUser {
  readonly name: string;
  readonly displayName: string | undefined;
  /** Undefined: simulated. */
  readonly backend: ForeignCommand | undefined;
  /** The name by which the file has it. */
  readonly backendName: string | undefined;
  /** Undefined: our page. */
  readonly frontend: ForeignCommand | 'off' | undefined;
}

/** A `collab-dev.yaml`, parsed and checked. What is undefined is not in the file. */
export interface ProjectConfig {
  readonly source: Source;
  readonly users: readonly ConfigUser[] | undefined;
  /** Whom each user declares. */
  readonly friends: ReadonlyMap<string, readonly string[]> | undefined;
  readonly positions: readonly ScenarioPosition[] | undefined;
  readonly backends: Commands;
  readonly services: Commands;
  readonly tasks: Commands;
  readonly relay: {
    readonly nodes: number | undefined;
    readonly graceMs: number | undefined;
    readonly limits: Readonly<Record<string, BucketSettings>> | undefined;
  };
  readonly topology: Topology | undefined;
  readonly ports: FilePorts | 'auto' | undefined;
  readonly tls: boolean | undefined;
  /** In which line a key of the file stands. */
  lineOf(...path: readonly string[]): number | undefined;
}

/** The first port of each kind. */
export interface FilePorts {
  readonly relay: number;
  readonly backends: number;
  readonly pages: number;
}
