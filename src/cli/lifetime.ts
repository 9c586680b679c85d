import { Problem } from '../problem.ts';

const units = { s: 1, m: 60, h: 3600, d: 86_400 } as const;
const longestSeconds = 30 * units.d;

/**
 * `90s`, `15m`, `1h`, `7d` as seconds.
 * @throws Problem for anything else, and for more than 30 days
 */
export function lifetimeSeconds(text: string): number {
  const { amount, unit } = /^(?<amount>\d{1,9})(?<unit>[smhd])$/.exec(text)?.groups ?? {};
  const seconds = Number(amount) * (isUnit(unit) ? units[unit] : Number.NaN);
  if (!(seconds >= 1 && seconds <= longestSeconds)) throw badLifetime(text);
  return seconds;
}

const isUnit = (text: string | undefined): text is keyof typeof units =>
  text !== undefined && Object.hasOwn(units, text);

const badLifetime = (given: string) =>
  new Problem({
    code: 'bad-lifetime',
    message: `--expires ${given} is not possible: it is a number with its unit, from 1s to 30d.`,
    hint: 'Like 90s, 15m, 1h or 7d.',
    exit: 2,
  });
