/** What is wrong with a payload before any schema looks at it. */
export type ShapeFault = 'too_big' | 'too_deep' | 'too_many_keys' | 'not_json';

export interface ShapeLimits {
  readonly bytes: number;
  readonly depth: number;
  readonly keys: number;
}

/** A character takes at most six bytes in JSON: a control character as \u0000. */
const worstBytes = 6;
/** What a key or an item adds at most beside its characters: quotes, colon, comma, brackets or `false`. */
const worstOverhead = 10;
/** A number of at most 25 digits and signs, counted as characters of six bytes. */
const numberCharacters = 5;

/**
 * Holds a decoded payload to size, depth and number of keys (array items count as keys), in one walk that ends at the
 * first fault. Binary attachments, which Socket.IO would let through, are not JSON. The size is only measured exactly
 * where a cheap upper bound does not settle it.
 */
export function shapeFault(value: unknown, limits: ShapeLimits): ShapeFault | undefined {
  const seen = { keys: 0, characters: 0 };
  const fault = walk(value, limits.depth, limits, seen);
  if (fault) return fault;
  if (seen.characters * worstBytes + (seen.keys + 1) * worstOverhead <= limits.bytes) return undefined;
  return Buffer.byteLength(JSON.stringify(value)) > limits.bytes ? 'too_big' : undefined;
}

function walk(
  value: unknown,
  depth: number,
  limits: ShapeLimits,
  seen: { keys: number; characters: number },
): ShapeFault | undefined {
  switch (typeof value) {
    case 'string':
      seen.characters += value.length;
      return seen.characters > limits.bytes ? 'too_big' : undefined;
    case 'number':
      seen.characters += numberCharacters;
      return undefined;
    case 'boolean':
      return undefined;
    case 'object':
      break;
    default:
      return 'not_json';
  }
  if (value === null) return undefined;
  if (depth === 0) return 'too_deep';
  if (Array.isArray(value)) {
    seen.keys += value.length;
    if (seen.keys > limits.keys) return 'too_many_keys';
    for (const item of value) {
      const fault = walk(item, depth - 1, limits, seen);
      if (fault) return fault;
    }
    return undefined;
  }
  if (Object.getPrototypeOf(value) !== Object.prototype) return 'not_json';
  // Not Object.entries(): this runs for every event, and a list of lists for each object is most of what it costs.
  for (const key of Object.keys(value)) {
    seen.keys += 1;
    seen.characters += key.length;
    if (seen.keys > limits.keys) return 'too_many_keys';
    const item: unknown = Reflect.get(value, key);
    const fault = walk(item, depth - 1, limits, seen);
    if (fault) return fault;
  }
  return undefined;
}
