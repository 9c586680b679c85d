export interface Choice {
  readonly id: string;
  readonly label: string;
  /** What helps to choose. */
  readonly hint: string;
}

/** A short list of which one is picked, or some. */
export interface Picker {
  readonly choices: readonly Choice[];
  readonly cursor: number;
  /** Those that are picked, where several may be; undefined where it is one. */
  readonly picked: readonly string[] | undefined;
}

export const picker = (choices: readonly Choice[], many = false): Picker => ({
  choices,
  cursor: 0,
  picked: many ? [] : undefined,
});

/** What a key does to a picker: it goes on, or these have been picked. Undefined: the key means nothing to it. */
export type Picking = { readonly picker: Picker } | { readonly picked: readonly string[] };

export function picked(picker: Picker, key: string): Picking | undefined {
  const { choices, cursor } = picker;
  const to = (next: number): Picking => ({
    picker: { ...picker, cursor: Math.min(Math.max(next, 0), Math.max(choices.length - 1, 0)) },
  });
  switch (key) {
    case 'j':
    case 'down':
      return to(cursor + 1);
    case 'k':
    case 'up':
      return to(cursor - 1);
    case 'g':
    case 'home':
      return to(0);
    case 'G':
    case 'end':
      return to(choices.length - 1);
    case 'space':
      return picker.picked && { picker: toggled(picker, picker.picked) };
    case 'enter':
      return finished(picker);
    default:
      return undefined;
  }
}

function toggled(picker: Picker, picked: readonly string[]): Picker {
  const id = picker.choices[picker.cursor]?.id;
  if (id === undefined) return picker;
  const isIn = picked.includes(id);
  return { ...picker, picked: isIn ? picked.filter((one) => one !== id) : [...picked, id] };
}

/** Enter takes what is picked, and where nothing is, what the cursor is on. */
function finished({ choices, cursor, picked }: Picker): Picking | undefined {
  if (picked && picked.length > 0) return { picked };
  const id = choices[cursor]?.id;
  return id === undefined ? undefined : { picked: [id] };
}
