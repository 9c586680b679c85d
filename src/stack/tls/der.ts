/**
 * The few shapes of ASN.1 in DER (ITU-T X.690) that a certificate is made of. node:crypto reads certificates, and makes
 * none; a library that does would be most of what the supervisor loads.
 */
export const sequence = (...parts: readonly Buffer[]): Buffer => tagged(0x30, Buffer.concat(parts));

export const set = (...parts: readonly Buffer[]): Buffer => tagged(0x31, Buffer.concat(parts));

/** An object identifier in dots: `2.5.4.3`. */
export function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return tagged(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]));
}

/** A whole number that is not negative, as its bytes, the highest first. */
export function integer(bytes: Buffer): Buffer {
  const first = bytes.findIndex((byte) => byte !== 0);
  const short = first === -1 ? Buffer.from([0]) : bytes.subarray(first);
  const sign = (short[0] ?? 0) >= 0x80 ? [Buffer.from([0])] : [];
  return tagged(0x02, Buffer.concat([...sign, short]));
}

export const small = (value: number): Buffer => integer(Buffer.from([value]));

export const yes = (): Buffer => tagged(0x01, Buffer.from([0xff]));

export const text = (value: string): Buffer => tagged(0x0c, Buffer.from(value, 'utf8'));

export const octets = (value: Buffer): Buffer => tagged(0x04, value);

/** Bits, of which the last `unused` of the last byte do not count. */
export const bits = (value: Buffer, unused = 0): Buffer =>
  tagged(0x03, Buffer.concat([Buffer.from([unused]), value]));

/** Whole seconds of UTC, until the year 2049. */
export const time = (date: Date): Buffer =>
  tagged(0x17, Buffer.from(`${date.toISOString().slice(2, 19).replaceAll(/[-:T]/g, '')}Z`, 'latin1'));

/** `[number]` around something whole. */
export const explicit = (number: number, inner: Buffer): Buffer => tagged(0xa0 + number, inner);

/** `[number]` in the place of a simple type's own tag. */
export const implicit = (number: number, content: Buffer): Buffer => tagged(0x80 + number, content);

function tagged(tag: number, content: Buffer): Buffer {
  return Buffer.concat([Buffer.from([tag, ...lengthOf(content.length)]), content]);
}

function lengthOf(length: number): number[] {
  if (length < 0x80) return [length];
  const bytes = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return [0x80 + bytes.length, ...bytes];
}

/** Seven bits a byte, the highest first; all but the last carry the eighth. */
function base128(value: number): number[] {
  const bytes = [value % 128];
  for (let rest = Math.floor(value / 128); rest > 0; rest = Math.floor(rest / 128)) {
    bytes.unshift((rest % 128) + 128);
  }
  return bytes;
}
