import { type Epoch, epoch } from '../protocol/ids.ts';

/**
 * A name for a life of a stream's numbers that begins now: a UUIDv7 (RFC 9562, 5.7), so that a recipient who sees two
 * knows which began later. `wall` in ms since 1970; `random` is in [0, 1).
 */
export function freshEpoch(wall: number, random: () => number): Epoch {
  const hex = (digits: number, value: number) => Math.floor(value).toString(16).padStart(digits, '0');
  const time = hex(12, Math.min(Math.max(0, wall), latest));
  const [some, more, rest] = [3, 3, 12].map((digits) => hex(digits, random() * 16 ** digits));
  return epoch.parse(`${time.slice(0, 8)}-${time.slice(8)}-7${some}-8${more}-${rest}`);
}

/** One that is later than all of these, as far as they tell their time. */
export function epochAfter(others: readonly (Epoch | undefined)[], random: () => number): Epoch {
  return freshEpoch(Math.max(0, ...others.map(beganAt)) + 1, random);
}

/** Whether one began before the other. Of a name that tells no time nobody knows. */
export function isEarlier(one: Epoch, other: Epoch): boolean {
  return uuidv7.test(one) && uuidv7.test(other) && one.toLowerCase() < other.toLowerCase();
}

const uuidv7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;
/** As much time as 48 bits can tell. */
const latest = 2 ** 48 - 1;

const beganAt = (one: Epoch | undefined): number =>
  one !== undefined && uuidv7.test(one) ? Number.parseInt(one.slice(0, 8) + one.slice(9, 13), 16) : 0;
