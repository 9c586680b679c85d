import type { JournalEntry } from '../protocol/records.ts';
import { readyBlock } from './ready-block.ts';
import { runLines } from './run-lines.ts';
import { type RunView, stoppingNotice, type ViewWishes } from './run-view.ts';
import type { Snapshot } from './supervisor/control-frames.ts';
import type { Output } from './terminal.ts';

export interface PlainViewOptions {
  readonly output: Output;
  readonly wishes: Pick<ViewWishes, 'pause' | 'resume'>;
  /** Of the run folder, as it is shown. */
  readonly folder: string;
}

/** The run as lines on stdout: a ready block, then one line an event, in step with whoever reads them. */
export function openPlainView({ output, wishes, folder }: PlainViewOptions): RunView {
  let shown: Snapshot | undefined;
  let early: JournalEntry[] = [];
  /** The verdict's report, until every line about its scenario is out. */
  let report: { readonly lines: readonly string[]; readonly after: number } | undefined;
  let last = 0;
  const line = runLines(output.color, (user) => !shown?.unacknowledged.includes(user));
  output.onRoom(wishes.resume);

  const print = (entries: readonly JournalEntry[]): void => {
    for (const entry of entries) {
      const text = line(entry);
      if (text !== undefined) output.data(text);
      last = entry.n;
    }
    conclude(last);
    if (!output.hasRoom) wishes.pause();
  };

  function conclude(printed: number): void {
    if (report === undefined || printed < report.after) return;
    for (const text of report.lines) output.data(text);
    report = undefined;
  }

  return {
    snapshot(snapshot) {
      if (snapshot.phase !== 'starting' && shown === undefined) {
        shown = snapshot;
        if (snapshot.phase === 'ready') for (const text of readyBlock(snapshot, folder)) output.data(text);
        print(early);
        early = [];
      }
      if (snapshot.play?.state === 'ended' && shown?.play?.state !== 'ended') {
        report = { lines: snapshot.play.report, after: snapshot.play.journal };
        shown = snapshot;
        conclude(last);
      }
    },
    entries(entries) {
      // What happens during the start is told after the block that says who is who.
      if (shown === undefined) early.push(...entries);
      else print(entries);
    },
    stopping(again) {
      if (again) output.chatter(stoppingNotice);
    },
    async [Symbol.asyncDispose]() {
      print(early);
      conclude(Infinity);
      await output.drained();
    },
  };
}
