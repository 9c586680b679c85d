/** The text of one whole WebSocket message (RFC 6455); undefined where it is no text. */
export function textOfFrames(bytes: Buffer): string | undefined {
  const parts: Buffer[] = [];
  let isText = false;
  for (let at = 0; at < bytes.length; ) {
    const { opcode, payload, end } = frameAt(bytes, at);
    at = end;
    if (opcode >= 0x8) continue;
    if (opcode !== 0) isText = opcode === 0x1;
    parts.push(payload);
  }
  return isText ? Buffer.concat(parts).toString('utf8') : undefined;
}

function frameAt(bytes: Buffer, start: number): { opcode: number; payload: Buffer; end: number } {
  const second = bytes.readUInt8(start + 1);
  const short = second & 0x7f;
  let at = start + 2;
  let length = short;
  if (short === 126) {
    length = bytes.readUInt16BE(at);
    at += 2;
  } else if (short === 127) {
    length = Number(bytes.readBigUInt64BE(at));
    at += 8;
  }
  const mask = (second & 0x80) !== 0 ? bytes.subarray(at, at + 4) : undefined;
  if (mask) at += 4;
  const raw = bytes.subarray(at, at + length);
  const payload = mask ? Buffer.from(raw.map((byte, n) => byte ^ mask.readUInt8(n % 4))) : raw;
  return { opcode: bytes.readUInt8(start) & 0x0f, payload, end: at + length };
}
