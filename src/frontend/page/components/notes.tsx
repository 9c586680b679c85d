import { useId, useRef, useState } from 'react';
import type { Position } from '../../../protocol/positions.ts';
import type { Outcome } from '../page-store.ts';
import { Refusal } from './refusal.tsx';
import { useAct } from './use-act.ts';

export interface NotesProps {
  readonly position: Position;
  readonly onSave: (notes: string) => Outcome;
}

/** The notes; their owner can change them here. */
export function Notes({ position, onSave }: NotesProps) {
  const [draft, setDraft] = useState<string>();
  const act = useAct();
  const field = useId();
  const edit = useRef<HTMLButtonElement>(null);

  const close = () => {
    setDraft(undefined);
    // The button comes back with the next drawing.
    requestAnimationFrame(() => edit.current?.focus());
  };

  if (draft === undefined || position.read_only) {
    return (
      <section aria-labelledby="notes" className="notes">
        <h3 id="notes">Notes</h3>
        {position.notes === '' ? <p className="nothing">None.</p> : <p className="text">{position.notes}</p>}
        {!position.read_only && (
          <button ref={edit} type="button" onClick={() => setDraft(position.notes)}>
            Edit notes
          </button>
        )}
      </section>
    );
  }
  return (
    <section aria-labelledby="notes" className="notes">
      <h3 id="notes">Notes</h3>
      <form
        onSubmit={async (event) => {
          event.preventDefault();
          if (draft === position.notes || (await act.run(() => onSave(draft)))) close();
        }}
      >
        <label htmlFor={field}>Notes for you and whoever you share it with</label>
        <textarea
          id={field}
          value={draft}
          maxLength={4000}
          rows={4}
          onChange={(event) => setDraft(event.target.value)}
          onKeyDown={(event) => event.key === 'Escape' && close()}
        />
        <div className="buttons">
          <button type="submit" className="main" disabled={act.busy}>
            Save notes
          </button>
          <button type="button" onClick={close}>
            Cancel
          </button>
        </div>
        <Refusal words={act.refusal} />
      </form>
    </section>
  );
}
