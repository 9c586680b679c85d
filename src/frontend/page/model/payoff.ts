import type { Leg } from '../../../protocol/positions.ts';

export interface Point {
  readonly price: number;
  readonly value: number;
}

/** What the legs are worth at expiry at a price of the underlying, for one share of each; what was paid is not known. */
export function valueAt(legs: readonly Leg[], price: number): number {
  return legs.reduce((sum, { action, right, strike, quantity }) => {
    const intrinsic = Math.max(0, right === 'call' ? price - strike : strike - price);
    return sum + (action === 'buy' ? 1 : -1) * quantity * intrinsic;
  }, 0);
}

/**
 * The corners of the shape that legs have at expiry, with room on both sides. Empty where they expire on different
 * days: no single day has such a shape.
 */
export function payoffShape(legs: readonly Leg[]): Point[] {
  if (legs.length === 0 || new Set(legs.map(({ expiration }) => expiration)).size > 1) return [];
  const strikes = [...new Set(legs.map(({ strike }) => strike))].toSorted((a, b) => a - b);
  const [low = 0, high = 0] = [strikes[0], strikes.at(-1)];
  const room = Math.max((high - low) * 0.4, high * 0.12);
  return [Math.max(0, low - room), ...strikes, high + room].map((price) => ({
    price,
    value: valueAt(legs, price),
  }));
}

/** `flat, rises from 160 to 170, flat`: the same shape for who cannot see it. */
export function shapeInWords(shape: readonly Point[]): string {
  const parts = shape.slice(1).flatMap((point, index) => {
    const before = shape[index];
    if (!before) return [];
    const slope = Math.sign(Math.round((point.value - before.value) * 1e6));
    return [
      { move: slope === 0 ? 'level' : slope > 0 ? 'rising' : 'falling', from: before.price, to: point.price },
    ];
  });
  return parts
    .map(({ move, from, to }, index) => {
      if (index === 0) return `${move} up to ${to}`;
      return index === parts.length - 1 ? `${move} above ${from}` : `${move} from ${from} to ${to}`;
    })
    .join(', ');
}
