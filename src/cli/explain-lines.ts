import { clock } from '../dashboard/clock.ts';
import { withPositionNames } from '../dashboard/position-name.ts';
import type { ExplainedRecipient, Explanation, ListedEvent } from '../journal/explain/explanation.ts';

const subject = ({ type, position }: Pick<ListedEvent, 'type' | 'position'>): string =>
  position === undefined ? type : `${type} ${withPositionNames(position)}`;

/** `01a2…  13:58:31.094  alice position_shared berlin-calls: bob delivered; carol not friends: …` */
export function eventLine(event: ListedEvent): string {
  const outcomes = event.recipients.map(({ to, words }) => `${to} ${words}`).join('; ');
  return `${event.event}  ${clock(event.at)}  ${event.from} ${subject(event)}: ${outcomes}`;
}

/** What became of one event, recipient by recipient. Times are in ms since its first step. */
export function explanationLines(explained: Explanation): string[] {
  const { event, from, at, run, recipients } = explained;
  return [
    `${event}  ${subject(explained)}, from ${from}, at ${clock(at)} in run ${run}`,
    ...recipients.flatMap((one) => ['', `${one.to}: ${one.words}`, ...recipientLines(one, at)]),
  ];
}

function recipientLines({ because, attempts, steps }: ExplainedRecipient, start: number): string[] {
  const since = (at: number | undefined): string =>
    (at === undefined ? '-' : `${(at - start).toFixed(1)} ms`).padStart(11);
  return [
    ...because.map((one) => `  shown by ${since(one.at)}  ${one.process.padEnd(8)} ${one.words}`),
    ...(attempts.length > 1
      ? attempts.map((one) => `  attempt ${String(one.attempt).padEnd(2)}${since(one.at)}  ${one.words}`)
      : []),
    ...steps.map(({ n, text, process = '', at, missing }, index) => {
      // A reason that holds for several steps is said once.
      const isNew = missing !== undefined && missing !== steps[index - 1]?.missing;
      return `${String(n).padStart(8)}. ${since(at)}  ${process.padEnd(8)} ${text}${isNew ? `: ${missing}` : ''}`;
    }),
  ];
}
