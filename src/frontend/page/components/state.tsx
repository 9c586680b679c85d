export type Tone = 'good' | 'waiting' | 'bad' | 'off';

/** A state as a mark of its own shape and in words; the colour only repeats what they say. */
export function State({ tone, text }: { readonly tone: Tone; readonly text: string }) {
  return (
    <span className={`state state-${tone}`}>
      <svg viewBox="0 0 12 12" aria-hidden="true" focusable="false">
        {marks[tone]}
      </svg>
      {text}
    </span>
  );
}

const marks = {
  good: <circle cx="6" cy="6" r="4.5" fill="currentColor" />,
  waiting: <path d="M6 1.5a4.5 4.5 0 1 1-4.5 4.5" fill="none" stroke="currentColor" strokeWidth="2" />,
  bad: <path d="M2 2l8 8M10 2l-8 8" fill="none" stroke="currentColor" strokeWidth="2" />,
  off: <circle cx="6" cy="6" r="4" fill="none" stroke="currentColor" strokeWidth="1.6" />,
} as const;
