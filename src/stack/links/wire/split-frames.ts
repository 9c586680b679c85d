import type { Piece, Splitter } from './piece.ts';

const longestHeader = 14;
const opcodes: ReadonlySet<number> = new Set([0x0, 0x1, 0x2, 0x8, 0x9, 0xa]);

/** The header of a frame, as far as it has come. */
interface Header {
  readonly bytes: Buffer;
  length: number;
}

/**
 * Cuts a WebSocket stream into messages (RFC 6455 section 5.2). Frames from a client are masked, those from a server
 * are not. A frame that cannot be, or that is compressed, makes the rest of the stream opaque.
 */
export function frameSplitter({ masked }: { readonly masked: boolean }): Splitter {
  const header: Header = { bytes: Buffer.alloc(longestHeader), length: 0 };
  let left: number | undefined;
  let inFragments = false;
  let broken = false;

  /** Takes a byte of a header: undefined while it goes on, else the length of the payload; NaN where it cannot be. */
  function headed(byte: number): number | undefined {
    header.bytes[header.length] = byte;
    header.length += 1;
    if (header.length < 2) return undefined;
    if (header.length === 2 && !isPossible(header.bytes, masked, inFragments)) return Number.NaN;
    const short = header.bytes.readUInt8(1) & 0x7f;
    const extended = short === 126 ? 2 : short === 127 ? 8 : 0;
    if (header.length < 2 + extended + (masked ? 4 : 0)) return undefined;
    if (extended === 0) return short;
    if (extended === 2) return header.bytes.readUInt16BE(2);
    const long = header.bytes.readBigUInt64BE(2);
    return long > BigInt(Number.MAX_SAFE_INTEGER) ? Number.NaN : Number(long);
  }

  /** Whether a message ends with the frame that has just ended. */
  function ended(): boolean {
    const first = header.bytes.readUInt8(0);
    const isControl = (first & 0x08) !== 0;
    const isFinal = (first & 0x80) !== 0;
    header.length = 0;
    left = undefined;
    if (!isControl) inFragments = !isFinal;
    return !inFragments;
  }

  return (chunk) => {
    const pieces: Piece[] = [];
    let start = 0;
    let at = 0;
    while (at < chunk.length && !broken) {
      if (left === undefined) {
        left = headed(chunk.readUInt8(at));
        at += 1;
        broken = Number.isNaN(left);
      } else {
        const taken = Math.min(left, chunk.length - at);
        at += taken;
        left -= taken;
      }
      if (left === 0 && ended()) {
        pieces.push({ kind: 'frame', bytes: chunk.subarray(start, at), ends: true });
        start = at;
      }
    }
    if (start < chunk.length) {
      pieces.push({ kind: broken ? 'opaque' : 'frame', bytes: chunk.subarray(start), ends: broken });
    }
    return pieces;
  };
}

function isPossible(header: Buffer, masked: boolean, inFragments: boolean): boolean {
  const first = header.readUInt8(0);
  const second = header.readUInt8(1);
  const opcode = first & 0x0f;
  const isControl = opcode >= 0x8;
  const isFinal = (first & 0x80) !== 0;
  if ((first & 0x70) !== 0 || !opcodes.has(opcode)) return false;
  if (((second & 0x80) !== 0) !== masked) return false;
  if (isControl) return isFinal && (second & 0x7f) <= 125;
  return (opcode === 0) === inFragments;
}
