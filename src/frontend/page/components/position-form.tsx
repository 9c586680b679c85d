import { useEffect, useRef, useState } from 'react';
import type { PositionDraft } from '../../../protocol/positions.ts';
import { type Fields, type Mistakes, oneMoreLeg, readDraft, wholeLegs } from '../model/draft.ts';
import type { Outcome } from '../page-store.ts';
import { Field } from './field.tsx';
import { LegFieldset } from './leg-fields.tsx';
import { Payoff } from './payoff.tsx';
import { Refusal } from './refusal.tsx';
import { useAct } from './use-act.ts';

const strategies = [
  'long call',
  'covered call',
  'cash-secured put',
  'bull call spread',
  'bull put spread',
  'bear call spread',
  'bear put spread',
  'iron condor',
  'iron butterfly',
  'calendar spread',
  'straddle',
  'strangle',
];

const none: Mistakes = new Map();

export interface PositionFormProps {
  readonly title: string;
  readonly initial: Fields;
  /** What the button says that ends it. */
  readonly action: string;
  readonly hint: string;
  /** Where its writer goes who gives up. */
  readonly back: string;
  /** Where its writer goes when it is done. */
  readonly onward: string;
  readonly onWrite: (draft: PositionDraft) => Outcome;
}

/** The form for a position. */
export function PositionForm({ title, initial, action, hint, back, onward, onWrite }: PositionFormProps) {
  const [fields, setFields] = useState<Fields>(initial);
  const [mistakes, setMistakes] = useState<Mistakes>(none);
  const act = useAct();
  const form = useRef<HTMLFormElement>(null);
  const add = useRef<HTMLButtonElement>(null);
  const set = (change: Partial<Fields>) => setFields({ ...fields, ...change });

  useEffect(() => {
    if (mistakes.size > 0) form.current?.querySelector<HTMLElement>('[aria-invalid]')?.focus();
  }, [mistakes]);

  const write = async () => {
    if (act.busy) return;
    const read = readDraft(fields);
    setMistakes(read.is === 'wrong' ? read.mistakes : none);
    if (read.is === 'wrong') return;
    if (await act.run(() => onWrite(read.draft))) location.hash = onward;
  };
  const addLeg = () => {
    set({ legs: [...fields.legs, oneMoreLeg(fields)] });
    // Whoever adds a leg goes on writing in it, as soon as it is drawn.
    requestAnimationFrame(() =>
      form.current?.querySelector<HTMLElement>('fieldset:last-of-type select')?.focus(),
    );
  };
  const removeLeg = (key: number) => {
    set({ legs: fields.legs.filter((leg) => leg.key !== key) });
    setMistakes(none);
    add.current?.focus();
  };

  return (
    <article aria-labelledby="form-title">
      <h2 id="form-title">{title}</h2>
      <form
        ref={form}
        className="new"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void write();
        }}
        onKeyDown={(event) => {
          // Nothing that was written is thrown away by one key.
          if (event.key === 'Escape' && fields === initial) location.hash = back;
        }}
      >
        <div className="fields">
          <Field label="Symbol" mistake={mistakes.get('symbol')}>
            {(input) => (
              <input
                {...input}
                // The form was asked for: writing begins here.
                // biome-ignore lint/a11y/noAutofocus: the focus follows the link that opened the form
                autoFocus
                className="symbol"
                autoComplete="off"
                autoCapitalize="characters"
                spellCheck={false}
                maxLength={16}
                value={fields.symbol}
                onChange={(event) => set({ symbol: event.target.value })}
              />
            )}
          </Field>
          <Field label="Strategy" mistake={mistakes.get('strategy')}>
            {(input) => (
              <input
                {...input}
                list="strategies"
                autoComplete="off"
                maxLength={80}
                value={fields.strategy}
                onChange={(event) => set({ strategy: event.target.value })}
              />
            )}
          </Field>
          <datalist id="strategies">
            {strategies.map((name) => (
              <option key={name} value={name} />
            ))}
          </datalist>
          <Field label="Quantity" mistake={mistakes.get('quantity')}>
            {(input) => (
              <input
                {...input}
                inputMode="numeric"
                autoComplete="off"
                value={fields.quantity}
                onChange={(event) => set({ quantity: event.target.value })}
              />
            )}
          </Field>
        </div>
        <section aria-labelledby="new-legs" className="new-legs">
          <h3 id="new-legs">Legs</h3>
          {fields.legs.map((leg, index) => (
            <LegFieldset
              key={leg.key}
              leg={leg}
              index={index}
              mistakes={mistakes}
              onChange={(changed) =>
                set({ legs: fields.legs.map((one) => (one.key === leg.key ? changed : one)) })
              }
              onRemove={() => removeLeg(leg.key)}
            />
          ))}
          {mistakes.has('legs') && <p className="mistake">{mistakes.get('legs')}</p>}
          <button ref={add} type="button" onClick={addLeg}>
            Add a leg
          </button>
          <Payoff legs={wholeLegs(fields)} />
        </section>
        <Field label="Notes" mistake={mistakes.get('notes')}>
          {(input) => (
            <textarea
              {...input}
              rows={3}
              maxLength={4000}
              value={fields.notes}
              onChange={(event) => set({ notes: event.target.value })}
            />
          )}
        </Field>
        <Field
          label="Tags"
          hint="With commas between them, like: bullish, earnings"
          mistake={mistakes.get('tags')}
        >
          {(input) => (
            <input
              {...input}
              autoComplete="off"
              value={fields.tags}
              onChange={(event) => set({ tags: event.target.value })}
            />
          )}
        </Field>
        <div className="buttons">
          <button type="submit" className="main" aria-disabled={act.busy}>
            {action}
          </button>
          <a className="button" href={back}>
            Cancel
          </a>
          <span className="facts">{hint}</span>
        </div>
        <Refusal words={act.refusal} />
      </form>
    </article>
  );
}
