import { type Chronicle, chronicleOf } from '../journal/explain/chronicle.ts';
import { explainEvent, listEvent } from '../journal/explain/explain-event.ts';
import type { EventList, Explanation } from '../journal/explain/explanation.ts';
import { readRun } from '../journal/read-run.ts';
import { Problem } from '../problem.ts';
import type { EventType } from '../protocol/events.ts';
import type { EventId } from '../protocol/ids.ts';
import type { RunFolder } from '../stack/run-folder.ts';

export interface EventFilter {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly type?: EventType | undefined;
}

interface Read {
  readonly run: string;
  readonly chronicle: Chronicle;
}

/** One event of a run by its id, the beginning of it, or `last`. @throws Problem where none or several match */
export async function explainOne(journals: readonly RunFolder[], name: string): Promise<Explanation> {
  const read = await readAll(journals);
  const found = read.flatMap(({ run, chronicle }) =>
    idsNamed(chronicle, name).map((id) => ({ run, chronicle, id })),
  );
  const wanted = name === 'last' ? found.slice(-1) : (exact(found, name) ?? found);
  const [only, ...others] = wanted;
  if (only && others.length > 0) throw ambiguous(name, wanted);
  const explained = only && explainEvent(only.run, only.id, only.chronicle);
  if (!explained) throw name === 'last' ? noEvents() : noSuchEvent(name);
  return explained;
}

/** The events of a run, the newest last. @throws Problem where the filter leaves none */
export async function listEvents(
  id: string,
  journals: readonly RunFolder[],
  filter: EventFilter,
): Promise<EventList> {
  const read = await readAll(journals);
  const events = read.flatMap(({ run, chronicle }) =>
    [...chronicle.events.keys()]
      .flatMap((event) => listEvent(run, event, chronicle) ?? [])
      .filter(({ from }) => filter.from === undefined || from === filter.from)
      .filter(({ type }) => filter.type === undefined || type === filter.type)
      .filter(({ recipients }) => filter.to === undefined || recipients.some(({ to }) => to === filter.to)),
  );
  if (events.length === 0) throw Object.keys(filter).length > 0 ? nothingMatches(filter) : noEvents();
  return { run: id, events };
}

const readAll = (journals: readonly RunFolder[]): Promise<Read[]> =>
  Promise.all(
    journals.map(async ({ id, path }) => ({ run: id, chronicle: chronicleOf(await readRun(path)) })),
  );

function idsNamed({ events }: Chronicle, name: string): EventId[] {
  const ids = [...events.keys()];
  if (name !== 'last') return ids.filter((id) => id.startsWith(name));
  const saved = ids.findLast((id) => events.get(id)?.some(({ step }) => step === 'saved'));
  return [saved ?? ids.at(-1)].flatMap((id) => id ?? []);
}

function exact<Found extends { readonly id: string }>(
  found: readonly Found[],
  name: string,
): Found[] | undefined {
  const same = found.filter(({ id }) => id === name);
  return same.length > 0 ? same : undefined;
}

const noEvents = () =>
  new Problem({ code: 'no-such-event', message: 'There is no event in the journal of this run.', exit: 5 });

const noSuchEvent = (name: string) =>
  new Problem({
    code: 'no-such-event',
    message: `There is no event "${name}" in the journal of this run.`,
    hint: 'Without a name, all are listed; --run names another run.',
    exit: 5,
  });

const nothingMatches = (filter: EventFilter) =>
  new Problem({
    code: 'no-such-event',
    message: `No event of this run is ${Object.entries(filter)
      .map(([key, value]) => `${key === 'type' ? 'a' : key} ${value}`)
      .join(' ')}.`,
    hint: 'Without --from, --to and --type, all are listed.',
    exit: 5,
  });

/** As many as a person reads; the rest is counted. */
const mostNamed = 20;

const ambiguous = (name: string, found: readonly { readonly run: string; readonly id: string }[]) =>
  new Problem({
    code: 'ambiguous-event',
    message: [
      `${found.length} events begin with "${name}":`,
      ...found.slice(0, mostNamed).map(({ run, id }) => `  ${id}  in ${run}`),
      ...(found.length > mostNamed ? [`  and ${found.length - mostNamed} more`] : []),
    ].join('\n'),
    hint: 'Give more of the id.',
    exit: 2,
  });
