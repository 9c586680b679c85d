import type { FaultInForce } from './stack.ts';

/** Where a fault lies: `alice → relay`, `bob ↔ relay`. */
export const whereIn = ({ from, to, both }: Pick<FaultInForce, 'from' | 'to' | 'both'>): string =>
  `${from} ${both ? '↔' : '→'} ${to}`;

/** What its verb does not say: `position_shared, the 2nd`, `300 to 400 ms late`; empty where there is nothing. */
export function inWords(fault: FaultInForce): string {
  switch (fault.verb) {
    case 'cut':
      return '';
    case 'drop':
      return choiceOf(fault) || 'everything, the connection stays open';
    case 'reset':
      return choiceOf(fault);
    case 'duplicate':
      return listed(choiceOf(fault), fault.by_ms > 0 ? `again after ${fault.by_ms} ms` : '');
    case 'delay': {
      const { by_ms: by, jitter_ms: jitter } = fault;
      return listed(choiceOf(fault), `${by}${jitter > 0 ? ` to ${by + jitter}` : ''} ms late`);
    }
    case 'throttle':
      return `${fault.bytes_per_second} bytes a second`;
    default:
      return fault satisfies never;
  }
}

type Chosen = Extract<FaultInForce, { seed: number }>;

function choiceOf({ type, nth, chance }: Pick<Chosen, 'type' | 'nth' | 'chance'>): string {
  return listed(
    type ?? '',
    nth === undefined ? '' : `the ${ordinal(nth)}`,
    chance === undefined ? '' : `${Math.round(chance * 100)} % of them`,
  );
}

const listed = (...parts: readonly string[]): string => parts.filter(Boolean).join(', ');

/** 1st, 2nd, 3rd, 4th, 11th, 21st. */
function ordinal(n: number): string {
  const endings: Readonly<Record<string, string>> = { one: 'st', two: 'nd', few: 'rd', other: 'th' };
  return `${n}${endings[new Intl.PluralRules('en', { type: 'ordinal' }).select(n)] ?? 'th'}`;
}
