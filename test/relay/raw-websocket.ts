import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import type { Relay } from '../../src/relay/relay.ts';

/** Opcodes of RFC 6455 section 5.2. */
export const opcodes = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

export interface SentFrame {
  readonly opcode: number;
  readonly payload?: Buffer | string;
  /** False: more of the message follows. */
  readonly fin?: boolean;
  /** The three reserved bits, as a number. */
  readonly rsv?: number;
  readonly masked?: boolean;
}

export interface ReceivedFrame {
  readonly opcode: number;
  readonly payload: Buffer;
}

/** A WebSocket spoken byte by byte, so that a test can say what no library would. */
export interface RawWebSocket {
  readonly socket: Socket;
  readonly frames: readonly ReceivedFrame[];
  send(...frames: SentFrame[]): void;
  /** Resolves with the first frame, past or to come, of this opcode that was not taken yet. */
  next(opcode: number): Promise<Buffer>;
  /** The relay has closed the connection. */
  readonly ended: Promise<void>;
}

/** Opens `/ws/alice`; resolves when the upgrade was granted. */
export async function openRaw(relay: Relay, path = '/ws/alice'): Promise<RawWebSocket> {
  const socket = connect(relay.port, '127.0.0.1');
  onTestFinished(() => {
    socket.destroy();
  });
  const ended = new Promise<void>((resolve) => socket.on('close', () => resolve()));
  // A connection that is cut ends in `close` as well.
  socket.on('error', () => {});
  await once(socket, 'connect');
  const key = randomBytes(16).toString('base64');
  socket.write(
    [
      `GET ${path} HTTP/1.1`,
      `Host: 127.0.0.1:${relay.port}`,
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      `Sec-WebSocket-Key: ${key}`,
      '\r\n',
    ].join('\r\n'),
  );

  const frames: ReceivedFrame[] = [];
  const taken = new Set<ReceivedFrame>();
  const waiting = new Set<() => void>();
  const upgraded = Promise.withResolvers<void>();
  let buffer = Buffer.alloc(0);
  let isOpen = false;
  socket.on('data', (data) => {
    buffer = Buffer.concat([buffer, data]);
    if (!isOpen) {
      const end = buffer.indexOf('\r\n\r\n');
      if (end === -1) return;
      isOpen = buffer.toString('latin1').startsWith('HTTP/1.1 101');
      buffer = buffer.subarray(end + 4);
      if (isOpen) upgraded.resolve();
      else upgraded.reject(new Error('The upgrade was refused.'));
    }
    for (let frame = firstFrame(buffer); frame; frame = firstFrame(buffer)) {
      buffer = buffer.subarray(frame.size);
      frames.push(frame);
    }
    for (const look of waiting) look();
  });
  await upgraded.promise;

  return {
    socket,
    frames,
    ended,
    send: (...sent) => void socket.write(Buffer.concat(sent.map(bytesOf))),
    next: (opcode) =>
      new Promise((resolve) => {
        const look = () => {
          const frame = frames.find((one) => one.opcode === opcode && !taken.has(one));
          if (!frame) return;
          taken.add(frame);
          waiting.delete(look);
          resolve(frame.payload);
        };
        waiting.add(look);
        look();
      }),
  };
}

/** A frame as bytes on the wire, masked as a client's have to be. */
export function bytesOf({ opcode, payload = '', fin = true, rsv = 0, masked = true }: SentFrame): Buffer {
  const data = Buffer.from(payload);
  const length =
    data.length < 126
      ? Buffer.from([data.length])
      : data.length < 65_536
        ? Buffer.from([126, data.length >> 8, data.length & 0xff])
        : Buffer.concat([Buffer.from([127, 0, 0, 0, 0]), uint32(data.length)]);
  const head = Buffer.concat([Buffer.from([(fin ? 0x80 : 0) | (rsv << 4) | opcode]), length]);
  if (!masked) return Buffer.concat([head, data]);
  head[1] = (head[1] ?? 0) | 0x80;
  const mask = randomBytes(4);
  const hidden = data.map((byte, index) => byte ^ (mask[index % 4] ?? 0));
  return Buffer.concat([head, mask, hidden]);
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** The first frame of what came from a server, if it is whole. */
function firstFrame(buffer: Buffer): (ReceivedFrame & { readonly size: number }) | undefined {
  const [first, second] = buffer;
  if (first === undefined || second === undefined) return undefined;
  const header = second < 126 ? 2 : second === 126 ? 4 : 10;
  if (buffer.length < header) return undefined;
  const length =
    second < 126 ? second : second === 126 ? buffer.readUInt16BE(2) : Number(buffer.readBigUInt64BE(2));
  const size = header + length;
  if (buffer.length < size) return undefined;
  return { opcode: first & 0x0f, payload: buffer.subarray(header, size), size };
}
