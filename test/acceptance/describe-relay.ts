import process from 'node:process';
import { describe } from 'vitest';
import type { z } from 'zod';
import type { Happening } from '../../src/protocol/records.ts';
import type { relayConfig } from '../../src/protocol/relay-config.ts';
import type { Relay } from '../../src/relay/relay.ts';
import { startRelay, tokenFor } from '../relay/rig.ts';
import type { Client, Face, Hello, MakeHello } from './client.ts';
import { plainFace } from './plain-client.ts';
import { redisBus } from './redis-bus.ts';
import { socketIoFace } from './socket-io-client.ts';

type Config = Partial<z.input<typeof relayConfig>>;

/** A relay, of one node or several, with everything that it told. */
export interface RelayUnderTest extends Pick<Relay, 'census'> {
  readonly told: readonly Happening[];
  /** Where a user connects: users of one story may be on different nodes. */
  urlOf(user: string): string;
  /** How many there are; budgets and room are each node's own. */
  readonly nodes: number;
  /** Resolves when all nodes know what they are to know of each other, and have told it. */
  settled(): Promise<void>;
  /** Lets everybody go; its clients would come back. */
  close(): Promise<void>;
}

/** What carries events between the nodes of a relay. */
export interface Bus {
  readonly name: string;
  /** A part that this machine lacks: no story is told over this bus then. */
  readonly missing?: string | undefined;
  /** Lives as long as the test. */
  start(config: Config): Promise<RelayUnderTest>;
}

const memory: Bus = {
  name: 'memory',
  async start(config) {
    const relay = await startRelay(config);
    const { url, told, census } = relay;
    return {
      nodes: 1,
      told,
      census,
      urlOf: () => url,
      settled: async () => {},
      close: async () => relay[Symbol.asyncDispose](),
    };
  },
};

export const faces: readonly Face[] = [socketIoFace, plainFace];

/** What a story is told with. */
export interface Stage {
  readonly face: Face;
  startRelay(config?: Config): Promise<RelayUnderTest>;
  /** No tokens, on this machine only: the relay of the brief. */
  startInsecureRelay(config?: Config): Promise<RelayUnderTest>;
  /** Connects as a user with what is said, a token only if it is there; does not wait. */
  dial(relay: RelayUnderTest, user: string, hello: Hello | MakeHello): Client;
  /** Connects a user with a good token (but for `token: undefined`) and waits until it is greeted. */
  join(relay: RelayUnderTest, user: string, hello?: Hello): Promise<Client>;
  /** Two mutual friends. */
  friends(relay: RelayUnderTest): Promise<{ alice: Client; bob: Client }>;
}

/** Tells the same stories over every face and every bus: they are the relay's promise, however it is reached. */
export function describeRelay(name: string, tell: (stage: Stage) => void): void {
  for (const bus of [memory, redisBus()]) {
    if (bus.missing !== undefined && process.env.COLLAB_DEV_REQUIRE_ALL === '1') {
      throw new Error(`These stories need ${bus.missing}, which this machine does not have.`);
    }
    for (const face of faces) {
      const title = `${name}, ${face.name}, ${bus.name}`;
      describe.skipIf(bus.missing !== undefined)(title, () => tell(stageOf(face, bus)));
    }
  }
}

function stageOf(face: Face, bus: Bus): Stage {
  const start = ({ limits, ...config }: Config = {}) =>
    // A machine that is busy elsewhere may keep a hello waiting.
    bus.start({ ...config, limits: { hello_wait_ms: 10_000, ...limits } });

  const dial: Stage['dial'] = (relay, user, hello) =>
    face.dial(relay.urlOf(user), user, typeof hello === 'function' ? hello : () => hello);
  const join: Stage['join'] = async (relay, user, hello = {}) => {
    const token = 'token' in hello ? hello.token : await tokenFor(user);
    const client = dial(relay, user, { ...hello, token });
    await client.next('ready');
    await relay.settled();
    return client;
  };
  return {
    face,
    startRelay: start,
    startInsecureRelay: (config) => start({ trust: { insecure: true }, ...config }),
    dial,
    join,
    async friends(relay) {
      const alice = await join(relay, 'alice', { friends: ['bob'] });
      const bob = await join(relay, 'bob', { friends: ['alice'] });
      return { alice, bob };
    },
  };
}
