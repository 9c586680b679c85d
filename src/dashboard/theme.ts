import type { ProcessRecord } from '../protocol/records.ts';
import type { Progress } from './progress.ts';
import type { ScenarioVerdict, StepState } from './scenario.ts';

/** What a piece of text is to its reader; how that looks stands here and nowhere else. */
export type Tone =
  | 'plain'
  | 'dim'
  | 'strong'
  | 'good'
  | 'moving'
  | 'waiting'
  | 'bad'
  | 'alarm'
  | 'focus'
  | 'cursor';

/** In the terminal's own codes: what begins a style and what ends it. Colours can be left away, the rest stays. */
export interface Style {
  readonly color?: 'red' | 'green' | 'yellow' | 'cyan';
  readonly weight?: 'bold' | 'dim';
  readonly inverse?: true;
}

const tones: Readonly<Record<Tone, Style>> = {
  plain: {},
  dim: { weight: 'dim' },
  strong: { weight: 'bold' },
  good: { color: 'green' },
  moving: { color: 'cyan' },
  waiting: { color: 'yellow' },
  bad: { color: 'red' },
  alarm: { color: 'red', weight: 'bold', inverse: true },
  focus: { color: 'cyan', weight: 'bold' },
  cursor: { inverse: true },
};

export interface Look {
  readonly glyph: string;
  readonly tone: Tone;
}

const good = { glyph: '●', tone: 'good' } as const;
const moving = { glyph: '◌', tone: 'moving' } as const;
const absent = { glyph: '○', tone: 'waiting' } as const;
const bad = { glyph: '✗', tone: 'bad' } as const;

const processes: Readonly<Record<ProcessRecord['state'], Look>> = {
  starting: moving,
  ready: good,
  paused: { glyph: '‖', tone: 'waiting' },
  stopping: moving,
  stopped: { glyph: '□', tone: 'dim' },
  failed: bad,
};

const passed = { glyph: '✓', tone: 'good' } as const;
const unclear = { glyph: '?', tone: 'waiting' } as const;
const running = { glyph: '▸', tone: 'moving' } as const;
const verdicts = { passed, failed: bad, inconclusive: unclear } as const;

/** Colours and signs, all in one place. A sign says the same as its colour, for those who see none. */
export const theme = {
  tones,
  process: (state: ProcessRecord['state'], online: boolean | undefined): Look =>
    state === 'ready' && online === false ? { glyph: '◐', tone: 'waiting' } : processes[state],
  /** `isLast`: nothing further will be said, so that `routed` is as good as it gets. */
  progress(progress: Progress | undefined, isLast = false): Look {
    if (progress?.end === 'delivered') return good;
    if (isLast && progress?.word === 'routed') return { glyph: '◍', tone: 'good' };
    if (progress?.end === undefined) return moving;
    return progress.word === 'unavailable' || progress.word === 'limited' ? absent : bad;
  },
  verdict: (verdict: ScenarioVerdict | undefined): Look => (verdict ? verdicts[verdict] : running),
  step: (state: StepState): Look => (state === 'started' ? running : verdicts[state]),
  ends: { delivered: good, undelivered: absent },
  /** One of the ten steps: seen, known not to come, not seen. */
  ten: { seen: passed, ended: bad, unseen: { glyph: '·', tone: 'dim' } },
  fault: { glyph: '╳', tone: 'bad' },
  outcome: { ok: passed, failed: bad },
  warning: { glyph: '!', tone: 'waiting' },
  selected: { here: '▶', elsewhere: '▷', none: ' ' },
  title: { focused: '▶', rule: '─' },
  choice: { on: '◉', off: '◯' },
  restarts: '↻',
} as const satisfies Record<string, unknown>;
