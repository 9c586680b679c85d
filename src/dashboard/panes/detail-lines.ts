import { carrierOf, finder, type TenStep, tenSteps } from '../../journal/ten-steps.ts';
import { kindWords, routingWords } from '../../journal/words.ts';
import type { JournalEntry } from '../../protocol/records.ts';
import { column } from '../cells.ts';
import { clock } from '../clock.ts';
import { duration } from '../duration.ts';
import { outcomeWords } from '../event-words.ts';
import type { FeedEvent, Recipient } from '../feed/feed.ts';
import type { Line } from '../line.ts';
import { withPositionNames } from '../position-name.ts';
import { theme } from '../theme.ts';

/** The steps of journal/ten-steps.ts, short enough to stand beside a column for each recipient. */
const texts = [
  'acts on the page',
  "page calls the user's backend",
  'backend stores it in its database',
  'backend sends it to the relay',
  'relay looks the recipient up',
  'relay forwards it',
  'received, what it names fetched',
  'stored, a copy read-only',
  'page notified',
  'page shows it',
] as const;

const cell = 10;

/** Who got an event and who did not, why, how far it came, and all that the journal knows about it. */
export function detailLines(event: FeedEvent | undefined, width: number, firstRecipient: number): Line[] {
  if (!event) return [[['No event is selected.', 'dim']]];
  const recipients = [...event.recipients.values()];
  return [
    headline(event),
    ...recipients.map((one) => verdictLine(one, recipients, finder[carrierOf(stepsIn(event.entries))])),
    ...timeline(event, recipients, width, firstRecipient),
    [],
    [['What the journal knows', 'strong']],
    ...jsonLines(event),
  ];
}

const headline = ({ kind, position, from, at }: FeedEvent): Line => [
  [`${kindWords[kind]} `, 'strong'],
  [withPositionNames(position ?? ''), 'strong'],
  [' by ', 'dim'],
  [from, 'strong'],
  [` at ${clock(at)}`, 'dim'],
];

/** `○ carol  unavailable – the relay: not friends: both have to name each other` */
function verdictLine(
  { name, progress, verdict, ms }: Recipient,
  all: readonly Recipient[],
  who: string,
): Line {
  const { glyph, tone } = theme.progress(progress);
  const names = Math.min(Math.max(...all.map((one) => one.name.length)), 16);
  const arrived = progress?.end === 'delivered';
  const took = arrived && ms !== undefined ? ` in ${duration(ms)}` : '';
  const words =
    verdict !== undefined && verdict !== 'deliver' && !arrived
      ? (progress?.word ?? '')
      : outcomeWords(progress);
  return [
    [`${glyph} ${column(name, names)} `, tone],
    [`${words}${took}`, arrived ? 'plain' : tone],
    ...(verdict === undefined
      ? []
      : ([[` – ${who.replace('the ', '')} found: `, 'dim'], [routingWords[verdict].long]] as const)),
  ];
}

/** The ten steps, a row each, with a column for each recipient: when it was done, or that it was not. */
function timeline(
  { entries, id }: FeedEvent,
  recipients: readonly Recipient[],
  width: number,
  firstRecipient: number,
): Line[] {
  const ten: ReadonlyMap<string, readonly TenStep[]> = tenSteps(entries, id);
  const room = Math.max(1, Math.floor((width - 38) / (cell + 1)));
  const first = Math.min(firstRecipient, Math.max(recipients.length - room, 0));
  const columns = recipients.slice(first, first + room);
  const hidden = recipients.length - columns.length;
  const label = Math.min(36, width - 5 - columns.length * (cell + 1));
  const head: Line = [
    [column('', label + 4)],
    ...columns.map(({ name }) => [` ${column(name, cell)}`, 'strong'] as const),
    ...(hidden > 0 ? [[` +${hidden} ←→`, 'dim'] as const] : []),
  ];
  return [
    head,
    ...texts.map((text, index): Line => {
      const steps = columns.map(({ name }) => ten.get(name)?.[index]);
      const isSeen = steps.some((step) => step?.at !== undefined);
      return [
        [`${String(index + 1).padStart(2)}  `, 'dim'],
        [column(text, label), isSeen ? 'plain' : 'dim'],
        ...steps.map(cellOf),
      ];
    }),
  ];
}

function cellOf(step: TenStep | undefined): Line[number] {
  if (step?.msSinceStart !== undefined) {
    const { glyph, tone } = theme.ten.seen;
    return [` ${column(`${glyph} ${duration(Math.max(0, step.msSinceStart))}`, cell)}`, tone];
  }
  const { glyph, tone } = step?.missing === 'no record' || !step ? theme.ten.unseen : theme.ten.ended;
  return [` ${column(glyph, cell)}`, tone];
}

const stepsIn = (entries: readonly JournalEntry[]) => entries.filter((entry) => entry.type === 'step');

/** The event as one object, then each record about it by what only it says. */
function jsonLines(event: FeedEvent): Line[] {
  const known = {
    id: event.id,
    type: event.kind,
    from_user: event.from,
    to_users: [...event.recipients.keys()],
    ...(event.position !== undefined && { position_id: event.position }),
    ...causeOf(event.entries),
  };
  const object = JSON.stringify(known, null, 2).split('\n');
  return [
    ...object.map((text): Line => [[text]]),
    ...event.entries.map(
      (entry): Line => [
        [`+${(entry.at - event.at).toFixed(1)} ms`.padStart(11), 'dim'],
        [`  ${column(entry.process, 8)} `, 'dim'],
        [ownPart(entry)],
      ],
    ),
  ];
}

function causeOf(entries: readonly JournalEntry[]): { readonly cause?: string } {
  const cause = entries.map((entry) => (entry.type === 'step' ? entry.cause : undefined)).find(Boolean);
  return cause === undefined ? {} : { cause };
}

const shared = new Set(['type', 'at', 'event', 'kind', 'from', 'position', 'cause', 'n', 'process']);
const ownPart = (entry: JournalEntry): string =>
  JSON.stringify(Object.fromEntries(Object.entries(entry).filter(([key]) => !shared.has(key))));
