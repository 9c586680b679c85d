import {
  type Leg,
  leg,
  type Position,
  type PositionChange,
  type PositionDraft,
  positionDraft,
} from '../../../protocol/positions.ts';

/** One leg as it stands in a form: text, until it is read. `key` tells it from the others while they come and go. */
export interface LegFields {
  readonly key: number;
  readonly action: string;
  readonly right: string;
  readonly quantity: string;
  readonly strike: string;
  readonly expiration: string;
}

/** A position as it stands in a form. */
export interface Fields {
  readonly symbol: string;
  readonly strategy: string;
  readonly quantity: string;
  readonly legs: readonly LegFields[];
  readonly notes: string;
  /** With commas between them. */
  readonly tags: string;
}

export const emptyFields: Fields = {
  symbol: '',
  strategy: '',
  quantity: '1',
  legs: [],
  notes: '',
  tags: '',
};

/** What is wrong, by the path of the field: `symbol`, `legs.0.strike`. */
export type Mistakes = ReadonlyMap<string, string>;

export type ReadDraft =
  | { readonly is: 'draft'; readonly draft: PositionDraft }
  | { readonly is: 'wrong'; readonly mistakes: Mistakes };

/** Reads a form; every mistake is told at once, a sentence for each field. */
export function readDraft(fields: Fields): ReadDraft {
  const read = positionDraft.safeParse({
    symbol: fields.symbol.trim().toUpperCase(),
    strategy: fields.strategy.trim(),
    quantity: numberOf(fields.quantity),
    legs: fields.legs.map(legOf),
    notes: fields.notes.trim(),
    tags: tagsOf(fields.tags),
  });
  if (read.success) return { is: 'draft', draft: read.data };
  const paths = read.error.issues.map(({ path }) => path.join('.'));
  return { is: 'wrong', mistakes: new Map(paths.map((path) => [fieldOf(path), sentenceFor(path)])) };
}

/** A position as a form begins with it. */
export const fieldsOf = ({ symbol, strategy, quantity, legs, notes, tags }: Position): Fields => ({
  symbol,
  strategy,
  quantity: String(quantity),
  legs: legs.map((one, key) => ({
    key,
    action: one.action,
    right: one.right,
    quantity: String(one.quantity),
    strike: String(one.strike),
    expiration: one.expiration,
  })),
  notes,
  tags: tags.join(', '),
});

/** What of a position was changed; undefined where nothing was. */
export function changeTo(before: Position, draft: PositionDraft): PositionChange | undefined {
  const { symbol, strategy, quantity, legs, notes, tags } = draft;
  const changed: PositionChange = {
    ...(symbol !== before.symbol && { symbol }),
    ...(strategy !== before.strategy && { strategy }),
    ...(quantity !== before.quantity && { quantity }),
    ...(!sameLegs(legs, before.legs) && { legs }),
    ...(notes !== before.notes.trim() && { notes }),
    ...(tags.join() !== before.tags.join() && { tags }),
  };
  return Object.keys(changed).length > 0 ? changed : undefined;
}

const sameLegs = (some: readonly Leg[], others: readonly Leg[]): boolean =>
  some.length === others.length &&
  some.every((one, index) => {
    const other = others[index];
    return (
      other !== undefined &&
      one.action === other.action &&
      one.right === other.right &&
      one.strike === other.strike &&
      one.expiration === other.expiration &&
      one.quantity === other.quantity
    );
  });

/** The legs that are whole already: what can be drawn while others are still being written. */
export const wholeLegs = (fields: Fields): Leg[] =>
  fields.legs.flatMap((one) => leg.safeParse(legOf(one)).data ?? []);

/** Another leg, which most often ends on the same day as the one before. */
export function oneMoreLeg({ legs }: Fields): LegFields {
  const before = legs.at(-1);
  return {
    key: Math.max(0, ...legs.map(({ key }) => key)) + 1,
    action: before?.action === 'buy' ? 'sell' : 'buy',
    right: before?.right ?? 'call',
    quantity: before?.quantity ?? '1',
    strike: '',
    expiration: before?.expiration ?? '',
  };
}

const legOf = ({ action, right, quantity, strike, expiration }: LegFields) => ({
  action,
  right,
  strike: numberOf(strike),
  expiration,
  quantity: numberOf(quantity),
});

/** Undefined where nothing stands: `Number` would make a zero of it. */
const numberOf = (text: string): number | undefined => (text.trim() === '' ? undefined : Number(text));

const tagsOf = (text: string): string[] => [
  ...new Set(
    text
      .split(',')
      .map((tag) => tag.trim())
      .filter((tag) => tag !== ''),
  ),
];

/** All tags stand in one field. */
const fieldOf = (path: string): string => path.replace(/^tags\..*/, 'tags');

const sentences: Readonly<Record<string, string>> = {
  symbol: 'Say which symbol: 1 to 16 letters or digits, like SAP or BRK.B.',
  strategy: 'A strategy has 80 letters at most.',
  quantity: 'The quantity is a whole number, 0 or more.',
  legs: 'A position has 16 legs at most.',
  notes: 'Notes have 4000 letters at most.',
  tags: 'At most 20 tags, of 40 letters each.',
  strike: 'A number above 0.',
  expiration: 'The day on which it expires.',
};

function sentenceFor(path: string): string {
  const last = path.split('.').at(-1) ?? '';
  if (/^legs\.\d+\.quantity$/.test(path)) return 'A whole number, 1 or more.';
  return sentences[fieldOf(path)] ?? sentences[last] ?? 'This cannot be read.';
}
