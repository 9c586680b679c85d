import type { ProcessRecord } from '../protocol/records.ts';
import type { InstanceRow, ScenarioState } from './model.ts';
import type { Progress } from './progress.ts';

export interface Look {
  readonly glyph: string;
  readonly color: 'green' | 'yellow' | 'red' | 'cyan' | 'gray';
}

const states: Readonly<Record<ProcessRecord['state'], Look>> = {
  starting: { glyph: '◌', color: 'yellow' },
  ready: { glyph: '●', color: 'green' },
  stopping: { glyph: '◌', color: 'yellow' },
  stopped: { glyph: '○', color: 'gray' },
  failed: { glyph: '✗', color: 'red' },
};

const verdicts: Readonly<Record<NonNullable<ScenarioState['verdict']>, Look>> = {
  passed: { glyph: '✓', color: 'green' },
  failed: { glyph: '✗', color: 'red' },
  inconclusive: { glyph: '?', color: 'yellow' },
};

/** Colours and signs, all in one place; a sign says the same as its colour for those who see none. */
export const theme = {
  instance: ({ state, online }: InstanceRow): Look =>
    state === 'ready' && online === false ? { glyph: '◐', color: 'yellow' } : states[state],
  progress({ end, word }: Progress): Look {
    if (end === 'delivered') return { glyph: '●', color: 'green' };
    if (end === undefined) return { glyph: '◌', color: 'cyan' };
    return word === 'unavailable' || word === 'limited'
      ? { glyph: '○', color: 'yellow' }
      : { glyph: '✗', color: 'red' };
  },
  scenario: (verdict: ScenarioState['verdict']): Look =>
    verdict ? verdicts[verdict] : { glyph: '▸', color: 'cyan' },
} as const;
