import type { Level } from './check.ts';
import type { Checked } from './run-checks.ts';

export interface Tally {
  readonly kept: number;
  readonly broken: number;
  readonly notChecked: number;
  readonly notOffered: number;
}

export interface Report {
  readonly user: string;
  /** Every must that could be looked at is kept, nothing that any of them builds on is broken, and none was left out. */
  readonly conforms: boolean;
  /** Somebody stopped it before the last check. */
  readonly stopped: boolean;
  /** How many checks there are in all, also those that nobody asked for. */
  readonly known: number;
  readonly tallies: Readonly<Record<Level, Tally>>;
  readonly checks: readonly CheckedRow[];
}

/** One check as JSON has it. */
export interface CheckedRow {
  readonly id: string;
  readonly level: Level;
  readonly section: string;
  readonly title: string;
  readonly result: 'kept' | 'broken' | 'not_checked' | 'offered' | 'not_offered';
  readonly ms: number;
  readonly sent?: string;
  readonly came?: string;
  readonly expected?: string;
  readonly why?: string;
}

export function reportOf(
  user: string,
  checked: readonly Checked[],
  { planned, known }: { readonly planned: number; readonly known: number },
): Report {
  const stopped = checked.length < planned;
  return {
    user,
    conforms: !stopped && !checked.some(breaksContract),
    stopped,
    known,
    tallies: { must: tally(checked, 'must'), should: tally(checked, 'should'), may: tally(checked, 'may') },
    checks: checked.map(rowOf),
  };
}

const breaksContract = ({ check, result }: Checked): boolean =>
  check.level === 'must' && (result.is === 'broken' || (result.is === 'not-checked' && result.blocked));

function tally(checked: readonly Checked[], level: Level): Tally {
  const results = checked.filter(({ check }) => check.level === level).map(({ result }) => result.is);
  const count = (is: (typeof results)[number]) => results.filter((result) => result === is).length;
  return {
    kept: count('kept'),
    broken: count('broken'),
    notChecked: count('not-checked'),
    notOffered: count('not-offered'),
  };
}

function rowOf({ check, result, ms }: Checked): CheckedRow {
  const { id, level, section, title } = check;
  const row = { id, level, section, title, ms };
  switch (result.is) {
    case 'kept':
      return { ...row, result: level === 'may' ? 'offered' : 'kept' };
    case 'broken':
      return { ...row, result: 'broken', ...result.contradiction };
    case 'not-checked':
      return { ...row, result: 'not_checked', why: result.why };
    case 'not-offered':
      return { ...row, result: 'not_offered' };
    default:
      return result satisfies never;
  }
}
