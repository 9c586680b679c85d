import { type ReactNode, useId } from 'react';

/** What an input of a field needs to be known by its label, its hint and its mistake. */
export interface InputProps {
  readonly id: string;
  readonly 'aria-describedby': string | undefined;
  readonly 'aria-invalid': true | undefined;
}

export interface FieldProps {
  readonly label: string;
  readonly hint?: string | undefined;
  readonly mistake: string | undefined;
  readonly children: (input: InputProps) => ReactNode;
}

/** An input under its label, with what to write there and what is wrong with it. */
export function Field({ label, hint, mistake, children }: FieldProps) {
  const id = useId();
  const described = [hint && `${id}-hint`, mistake && `${id}-mistake`].filter(Boolean).join(' ');
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {children({
        id,
        'aria-describedby': described || undefined,
        'aria-invalid': mistake === undefined ? undefined : true,
      })}
      {hint !== undefined && (
        <p id={`${id}-hint`} className="hint">
          {hint}
        </p>
      )}
      {mistake !== undefined && (
        <p id={`${id}-mistake`} className="mistake">
          {mistake}
        </p>
      )}
    </div>
  );
}
