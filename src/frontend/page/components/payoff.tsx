import type { Leg } from '../../../protocol/positions.ts';
import { payoffShape, shapeInWords } from '../model/payoff.ts';

const width = 240;
const height = 110;
const margin = 12;

/** The shape of what the legs are worth at expiry: a picture to recognise a strategy by, not a calculation. */
export function Payoff({ legs }: { readonly legs: readonly Leg[] }) {
  const shape = payoffShape(legs);
  const [first, last] = [shape[0], shape.at(-1)];
  if (!first || !last) return undefined;
  const values = [0, ...shape.map(({ value }) => value)];
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const x = (price: number): number =>
    margin + ((price - first.price) / (last.price - first.price)) * (width - 2 * margin);
  const y = (value: number): number =>
    height - margin - ((value - low) / (high - low || 1)) * (height - 2 * margin);
  const line = shape.map(({ price, value }) => `${x(price).toFixed(1)},${y(value).toFixed(1)}`).join(' ');
  return (
    <figure className="payoff">
      <svg
        viewBox={`0 0 ${width} ${height}`}
        role="img"
        aria-label={`Worth at expiry: ${shapeInWords(shape)}`}
      >
        <line className="zero" x1={margin} x2={width - margin} y1={y(0)} y2={y(0)} />
        <polyline className="shape" points={line} />
        {shape.slice(1, -1).map(({ price, value }) => (
          <circle key={price} className="strike" cx={x(price)} cy={y(value)} r="3" />
        ))}
      </svg>
      <figcaption>Worth at expiry, without what was paid or received</figcaption>
    </figure>
  );
}
