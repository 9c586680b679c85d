/**
 * Encodes texts as unmasked WebSocket text frames, one after the other in one buffer (RFC 6455 section 5.2): a single
 * write hands over everything that one turn of the event loop has for one connection.
 */
export function textFrames(texts: readonly string[]): Buffer {
  const lengths = texts.map((text) => Buffer.byteLength(text));
  let size = 0;
  for (const length of lengths) size += headerBytes(length) + length;
  const buffer = Buffer.allocUnsafe(size);
  let at = 0;
  for (const [index, text] of texts.entries()) {
    at = writeHeader(buffer, at, lengths[index] ?? 0);
    at += buffer.write(text, at);
  }
  return buffer;
}

const finalText = 0x81;

const headerBytes = (length: number): number => (length < 126 ? 2 : length < 65_536 ? 4 : 10);

function writeHeader(buffer: Buffer, at: number, length: number): number {
  const afterFirst = buffer.writeUInt8(finalText, at);
  switch (headerBytes(length)) {
    case 2:
      return buffer.writeUInt8(length, afterFirst);
    case 4:
      return buffer.writeUInt16BE(length, buffer.writeUInt8(126, afterFirst));
    default:
      return buffer.writeBigUInt64BE(BigInt(length), buffer.writeUInt8(127, afterFirst));
  }
}
