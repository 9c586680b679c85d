import type { LegFields, Mistakes } from '../model/draft.ts';
import { Field } from './field.tsx';

export interface LegFieldsetProps {
  readonly leg: LegFields;
  /** From 0. */
  readonly index: number;
  readonly mistakes: Mistakes;
  readonly onChange: (leg: LegFields) => void;
  readonly onRemove: () => void;
}

/** One leg of a position that is being written. */
export function LegFieldset({ leg, index, mistakes, onChange, onRemove }: LegFieldsetProps) {
  const mistake = (name: string) => mistakes.get(`legs.${index}.${name}`);
  const set = (change: Partial<LegFields>) => onChange({ ...leg, ...change });
  return (
    <fieldset className="leg">
      <legend>Leg {index + 1}</legend>
      <Field label="Action" mistake={mistake('action')}>
        {(input) => (
          <select {...input} value={leg.action} onChange={(event) => set({ action: event.target.value })}>
            <option value="buy">buy</option>
            <option value="sell">sell</option>
          </select>
        )}
      </Field>
      <Field label="Contracts" mistake={mistake('quantity')}>
        {(input) => (
          <input
            {...input}
            inputMode="numeric"
            autoComplete="off"
            value={leg.quantity}
            onChange={(event) => set({ quantity: event.target.value })}
          />
        )}
      </Field>
      <Field label="Right" mistake={mistake('right')}>
        {(input) => (
          <select {...input} value={leg.right} onChange={(event) => set({ right: event.target.value })}>
            <option value="call">call</option>
            <option value="put">put</option>
          </select>
        )}
      </Field>
      <Field label="Strike" mistake={mistake('strike')}>
        {(input) => (
          <input
            {...input}
            inputMode="decimal"
            autoComplete="off"
            value={leg.strike}
            onChange={(event) => set({ strike: event.target.value })}
          />
        )}
      </Field>
      <Field label="Expiration" mistake={mistake('expiration')}>
        {(input) => (
          <input
            {...input}
            type="date"
            value={leg.expiration}
            onChange={(event) => set({ expiration: event.target.value })}
          />
        )}
      </Field>
      <button type="button" className="quiet" aria-label={`Remove leg ${index + 1}`} onClick={onRemove}>
        Remove
      </button>
    </fieldset>
  );
}
