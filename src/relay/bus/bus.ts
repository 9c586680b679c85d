/**
 * What carries texts between the nodes of one relay, as little as delivery needs of it: named channels, to which a node
 * listens or publishes. Nothing is kept and nothing is certain: a text reaches who listens at that moment, or nobody.
 * Texts that one node publishes to one channel arrive in their order. Redis Cluster and NATS have all of this too.
 */
export interface Bus extends AsyncDisposable {
  /** Begins to listen; resolves when it is in force. What was listened to before a loss is the caller's to say again. */
  listen(channels: readonly string[]): Promise<void>;
  unlisten(channel: string): void;
  /**
   * Resolves when the bus has it, with the number of nodes that listened; undefined where a bus cannot tell. None means
   * that nobody will get it. More than none proves nothing: a node may have stopped without the bus noticing.
   */
  publish(channel: string, text: string): Promise<number | undefined>;
  /** How many nodes listen to each of these channels, in one call. */
  listening(channels: readonly string[]): Promise<readonly number[]>;
  /** One clock for all nodes, in ms since 1970 with fractions. */
  time(): Promise<number>;
}

/** What a bus says to its node. */
export interface BusEvents {
  onText(channel: string, text: string): void;
  /** It can be used, for the first time or again; nothing is listened to. */
  onUp(): void;
  /** It cannot be used until `onUp`: every call rejects. */
  onDown(why: string): void;
}

/** Begins to connect, and says `onUp` when it has, however often it takes. */
export type OpenBus = (events: BusEvents) => Bus;
