import { useId } from 'react';

export interface FindPositionProps {
  readonly text: string;
  readonly onChange: (text: string) => void;
}

/** Narrows long lists of positions. */
export function FindPosition({ text, onChange }: FindPositionProps) {
  const id = useId();
  return (
    <div className="find">
      <label htmlFor={id}>Find a position</label>
      <input
        id={id}
        type="search"
        autoComplete="off"
        value={text}
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={(event) => event.key === 'Escape' && onChange('')}
      />
    </div>
  );
}
