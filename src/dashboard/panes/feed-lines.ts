import { kindWords } from '../../journal/words.ts';
import { column } from '../cells.ts';
import { clock } from '../clock.ts';
import { duration } from '../duration.ts';
import { outcomeWords, shortOutcome } from '../event-words.ts';
import type { FeedEvent, Recipient } from '../feed/feed.ts';
import { cutLine, joined, type Line, lineWidth, type Span } from '../line.ts';
import { withPositionNames } from '../position-name.ts';
import { theme } from '../theme.ts';
import { type Scene, topIndex } from '../view/scene.ts';

/** The events that fit, the newest at the bottom; nothing else of the feed is looked at. */
export function feedLines(scene: Scene, width: number, rows: number): Line[] {
  const { shown, frame, view, event: selected } = scene;
  if (shown.count === 0) {
    return [[[view.filter === '' ? 'No event yet.' : `No event meets ${view.filter}.`, 'dim']]];
  }
  const unacknowledged = scene.facts.unacknowledged ?? [];
  const top = topIndex(scene, rows);
  const lines: Line[] = [];
  for (let index = top; index < Math.min(top + rows, shown.count); index++) {
    const seq = shown.seqAt(index);
    const event = seq === undefined ? undefined : frame.model.feed.at(seq);
    if (!event) continue;
    const mark = seq !== selected ? 'none' : view.focus === 'events' ? 'here' : 'elsewhere';
    lines.push(eventLine(event, width, { mark: theme.selected[mark], unacknowledged }));
  }
  return lines;
}

interface Marked {
  readonly mark: string;
  /** Users who do not acknowledge. */
  readonly unacknowledged: readonly string[];
}

/** One event with everybody it was meant for: who got it after how long, and who did not, with the reason. */
export function eventLine(event: FeedEvent, width: number, { mark, unacknowledged }: Marked): Line {
  const roomy = width >= 100;
  const tone = mark === theme.selected.none ? 'plain' : 'strong';
  const start: Line = [
    [mark, 'focus'],
    [`${roomy ? clock(event.at) : clock(event.at).slice(0, 8)} `, 'dim'],
    [`${column(kindWords[event.kind], 8)}`, tone],
    [`${column(withPositionNames(event.position ?? ''), roomy ? 20 : 14)} `, 'dim'],
    [event.from, tone],
    [' → ', 'dim'],
  ];
  return [
    ...start,
    ...recipientSpans([...event.recipients.values()], width - lineWidth(start), unacknowledged),
  ];
}

/** As many words as there is room for: all, or none for who got it, or only counts. */
function recipientSpans(
  recipients: readonly Recipient[],
  width: number,
  unacknowledged: readonly string[],
): Line {
  const recipientSpan = (one: Recipient, words: string): Line =>
    spanOf(one, words, unacknowledged.includes(one.name));
  const between: Span = ['  '];
  const full = joined(
    recipients.map((one) => recipientSpan(one, outcomeWords(one.progress))),
    between,
  );
  if (lineWidth(full) <= width) return full;
  const short = joined(
    recipients.map((one) => recipientSpan(one, shortOutcome(one.progress))),
    between,
  );
  if (lineWidth(short) <= width) return short;
  const plain = joined(
    recipients.map((one) => recipientSpan({ ...one, ms: undefined }, '')),
    between,
  );
  return lineWidth(plain) <= width ? plain : cutLine([...counts(recipients), between, ...plain], width);
}

function spanOf({ name, progress, ms }: Recipient, words: string, isLast: boolean): Line {
  const { glyph, tone } = theme.progress(progress, isLast);
  const missed = progress?.end === 'undelivered';
  return [
    [`${glyph} ${name}`, tone],
    [words === '' ? '' : ` ${words}`, missed ? tone : 'dim'],
    [ms === undefined || missed ? '' : ` ${duration(ms)}`, 'dim'],
  ];
}

/** `●12 ○3 ✗1` */
function counts(recipients: readonly Recipient[]): Line {
  const found = new Map<
    string,
    { readonly tone: ReturnType<typeof theme.progress>['tone']; readonly n: number }
  >();
  for (const { progress } of recipients) {
    const { glyph, tone } = theme.progress(progress);
    found.set(glyph, { tone, n: (found.get(glyph)?.n ?? 0) + 1 });
  }
  return joined(
    [...found].map(([glyph, { tone, n }]): Line => [[`${glyph}${n}`, tone]]),
    [' '],
  );
}
