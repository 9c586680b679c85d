import { connect, type Socket } from 'node:net';
import type { LinkLoss } from '../../protocol/census.ts';
import type { HopConfig, Upstream } from '../../protocol/links-config.ts';
import type { Passage, Way } from './faults/fault.ts';
import type { HopFaults } from './hop.ts';
import { Lane } from './lane.ts';
import { readHead } from './read-head.ts';
import { answerSplitter, requestSplitter } from './wire/split-http.ts';

/** One connection through a hop: two sockets and a lane for each direction. */
export interface HopConnection {
  /** Undefined while the dialler is not known. */
  passage(): Passage | undefined;
  sever(): void;
  busy(): boolean;
  release(fault: string): void;
  /** Undefined where both ends count the same. */
  loss(): LinkLoss | undefined;
}

type Address = Pick<Upstream, 'host' | 'port'>;

export function openConnection(
  client: Socket,
  to: Address,
  { dialler, listener }: HopConfig,
  faults: HopFaults,
): HopConnection {
  const server = connect({ host: to.host, port: to.port, allowHalfOpen: true, noDelay: true });
  let passage: Passage | undefined;
  let lanes: { readonly up: Lane; readonly down: Lane } | undefined;

  const sever = () => {
    for (const socket of [client, server]) if (!socket.destroyed) socket.resetAndDestroy();
    lanes?.up.close();
    lanes?.down.close();
  };

  function pass(from: string): Passage {
    passage = { ways: waysOf(from, listener), sever };
    faults.admit(passage);
    return passage;
  }

  function open(known: Passage): void {
    const [up, down] = known.ways;
    const common = { passage: known, faults: faults.all, did: faults.did };
    const askAgain = listener === 'relay' ? undefined : (request: Buffer) => ask(to, request);
    lanes = {
      up: new Lane({ ...common, source: client, sink: server, split: requestSplitter(), way: up, askAgain }),
      down: new Lane({
        ...common,
        source: server,
        sink: client,
        split: answerSplitter(),
        way: down,
        askAgain,
      }),
    };
  }

  // A reset at one end is one at the other; a plain end travels through the lanes, behind the last byte.
  for (const socket of [client, server]) socket.on('error', sever);
  if (dialler !== undefined) pass(dialler);
  server.once('connect', () => {
    if (client.destroyed) return;
    if (passage) {
      open(passage);
      client.resume();
      return;
    }
    readHead(client, (from, head) => {
      const known = pass(from);
      if (client.destroyed) return;
      open(known);
      lanes?.up.begin(head);
      client.resume();
    });
  });

  return {
    passage: () => passage,
    sever,
    busy: () => waiting(client) + waiting(server) + (lanes ? lanes.up.held + lanes.down.held : 0) > 0,
    release(fault) {
      lanes?.up.release(fault);
      lanes?.down.release(fault);
    },
    loss() {
      const connection = lanes?.down.connection;
      if (!lanes || connection === undefined) return undefined;
      const { up, down } = lanes;
      if (up.lost === 0 && down.lost === 0) return undefined;
      return { connection, from_relay: down.lost, to_relay: up.lost };
    },
  };
}

/** On a link of the relay each end sends; between backends the answers belong to who asks. */
function waysOf(from: string, to: string): readonly [Way, Way] {
  const up = { from, to, isAnswer: false };
  return to === 'relay' ? [up, { from: to, to: from, isAnswer: false }] : [up, { from, to, isAnswer: true }];
}

const waiting = ({ writableLength, readableLength }: Socket): number => writableLength + readableLength;

/** Asks once more, and reads the answer for nobody. */
function ask({ host, port }: Address, request: Buffer): void {
  const socket = connect({ host, port, allowHalfOpen: true });
  socket.on('error', () => {});
  socket.setTimeout(answeredWithinMs, () => socket.destroy());
  socket.resume();
  socket.on('end', () => socket.destroy());
  socket.end(request);
}

const answeredWithinMs = 5000;
