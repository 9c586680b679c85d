import { kindWords } from '../../journal/words.ts';
import type { FeedEvent, Recipient } from './feed.ts';

const keys = ['from', 'to', 'type', 'stage', 'about', 'id'] as const;
type Key = (typeof keys)[number];

interface Term {
  /** Undefined: anywhere. */
  readonly key: Key | undefined;
  readonly value: string;
  readonly negated: boolean;
}

/** What a person wants to see of the feed. */
export interface Filter {
  readonly text: string;
  readonly terms: readonly Term[];
}

/**
 * Reads a filter: words of which all have to be met, `-word` must not be. A word may say where it is looked for:
 * `from:alice to:bob type:share stage:unavailable about:berlin`. Undefined where there is none.
 */
export function parseFilter(text: string): Filter | undefined {
  const terms = text
    .toLowerCase()
    .split(/\s+/)
    .map(termOf)
    .filter((term) => term.value !== '');
  return terms.length === 0 ? undefined : { text: text.trim(), terms };
}

function termOf(word: string): Term {
  const negated = word.startsWith('-');
  const rest = negated ? word.slice(1) : word;
  const key = keys.find((one) => rest.startsWith(`${one}:`));
  return { key, value: key ? rest.slice(key.length + 1) : rest, negated };
}

/** Whether an event meets a filter. What is asked of a recipient, one and the same recipient has to meet. */
export function matches({ terms }: Filter, event: FeedEvent): boolean {
  const recipients = [...event.recipients.values()];
  const ofRecipient = terms.filter(({ key, negated }) => !negated && (key === 'to' || key === 'stage'));
  const together =
    ofRecipient.length === 0 ||
    recipients.some((one) => ofRecipient.every((term) => meets(term, event, [one])));
  return together && terms.every((term) => meets(term, event, recipients) !== term.negated);
}

function meets({ key, value }: Term, event: FeedEvent, recipients: readonly Recipient[]): boolean {
  switch (key) {
    case 'from':
      return has(event.from, value);
    case 'to':
      return recipients.some(({ name }) => has(name, value));
    case 'type':
      return has(event.kind, value) || has(kindWords[event.kind], value);
    case 'stage':
      return recipients.some((one) => isAtStage(one, value));
    case 'about':
      return has(event.position ?? '', value);
    case 'id':
      return event.id.toLowerCase().startsWith(value);
    case undefined:
      return (
        (['from', 'to', 'type', 'stage', 'about'] as const).some((one) =>
          meets({ key: one, value, negated: false }, event, recipients),
        ) || event.id.toLowerCase().startsWith(value)
      );
    default:
      return key satisfies never;
  }
}

const isAtStage = ({ progress }: Recipient, value: string): boolean =>
  progress !== undefined &&
  [progress.word, progress.end ?? 'moving', progress.why ?? ''].some((word) =>
    has(word, value.replaceAll('-', '_')),
  );

const has = (text: string, value: string): boolean => text.toLowerCase().includes(value);
