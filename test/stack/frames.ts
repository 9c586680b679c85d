interface Frame {
  readonly opcode: number;
  readonly payload: Buffer;
  readonly masked: boolean;
  readonly final?: boolean;
}

const mask = Buffer.from([0x1a, 0x2b, 0x3c, 0x4d]);

/** One WebSocket frame, as RFC 6455 section 5.2 writes it. */
export function frame({ opcode, payload, masked, final = true }: Frame): Buffer {
  const { length } = payload;
  const header = Buffer.alloc(length < 126 ? 2 : length < 65_536 ? 4 : 10);
  header[0] = (final ? 0x80 : 0) | opcode;
  const bit = masked ? 0x80 : 0;
  header[1] = bit | (length < 126 ? length : length < 65_536 ? 126 : 127);
  if (header.length === 4) header.writeUInt16BE(length, 2);
  if (header.length === 10) header.writeBigUInt64BE(BigInt(length), 2);
  if (!masked) return Buffer.concat([header, payload]);
  return Buffer.concat([header, mask, Buffer.from(payload.map((byte, n) => byte ^ mask.readUInt8(n % 4)))]);
}

export const textFrame = (text: string, masked = false): Buffer =>
  frame({ opcode: 1, payload: Buffer.from(text), masked });
