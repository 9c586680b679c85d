import { useRef, useState } from 'react';
import { userId } from '../../../protocol/ids.ts';
import type { PageStore } from '../page-store.ts';
import { Field } from './field.tsx';
import { Refusal } from './refusal.tsx';
import { useAct } from './use-act.ts';

/** Declares somebody a friend, by the name of their account. */
export function Befriend({ store }: { readonly store: PageStore }) {
  const [name, setName] = useState('');
  const [mistake, setMistake] = useState<string>();
  const act = useAct();
  const field = useRef<HTMLInputElement>(null);

  const add = async () => {
    if (act.busy) return;
    const read = userId.safeParse(name.trim());
    setMistake(read.success ? undefined : 'A user name has letters, digits, ".", "_", "@" or "-".');
    if (read.success && (await act.run(() => store.befriend(read.data)))) setName('');
    field.current?.focus();
  };

  return (
    <form
      className="befriend"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void add();
      }}
    >
      <Field
        label="Add a friend by user name"
        hint="It counts as soon as both of you have added each other."
        mistake={mistake}
      >
        {(input) => (
          <div className="joined">
            <input
              {...input}
              ref={field}
              autoComplete="off"
              autoCapitalize="none"
              spellCheck={false}
              maxLength={64}
              value={name}
              onChange={(event) => setName(event.target.value)}
              onKeyDown={(event) => event.key === 'Escape' && setName('')}
            />
            <button type="submit" aria-disabled={act.busy}>
              Add friend
            </button>
          </div>
        )}
      </Field>
      <Refusal words={act.refusal} />
    </form>
  );
}
