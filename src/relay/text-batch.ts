/**
 * Texts on their way to one connection, and how many bytes they take; frames() gives them as unmasked WebSocket text
 * frames, one after the other in one buffer (RFC 6455 section 5.2): a single write hands over everything that one turn
 * of the event loop has for one connection.
 */
export class TextBatch {
  #texts: string[] = [];
  #lengths: number[] = [];
  #bytes = 0;

  get isEmpty(): boolean {
    return this.#texts.length === 0;
  }

  /** Of the texts alone, without headers. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Answers how many bytes it is. */
  add(text: string): number {
    const length = Buffer.byteLength(text);
    this.#texts.push(text);
    this.#lengths.push(length);
    this.#bytes += length;
    return length;
  }

  /** Hands the texts over, in order, and is empty then. */
  takeTexts(): readonly string[] {
    const texts = this.#texts;
    this.#texts = [];
    this.#lengths = [];
    this.#bytes = 0;
    return texts;
  }

  /** Hands the texts over as frames, and is empty then. */
  takeFrames(): Buffer {
    let size = this.#bytes;
    for (const length of this.#lengths) size += headerBytes(length);
    const buffer = Buffer.allocUnsafe(size);
    let at = 0;
    for (const [index, text] of this.#texts.entries()) {
      at = writeHeader(buffer, at, this.#lengths[index] ?? 0);
      at += buffer.write(text, at);
    }
    this.takeTexts();
    return buffer;
  }
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
