import type { JournalEntry } from '../protocol/records.ts';
import type { ControlAnswer, ControlCommand, Snapshot } from './supervisor/control-frames.ts';

/** How a person watches a run: lines on stdout, or the dashboard. */
export interface RunView extends AsyncDisposable {
  snapshot(snapshot: Snapshot): void;
  entries(entries: readonly JournalEntry[]): void;
  /** The run has been asked to stop; `again` says whether a second Ctrl-C would force it. */
  stopping(again: boolean): void;
  /** Rejects where the view can show nothing any more; a view without one does not break. */
  readonly broken?: Promise<never>;
}

/** What a view may ask for. */
export interface ViewWishes {
  readonly quit: () => void;
  readonly interrupt: () => void;
  /** Asks for no more entries until `resume`: whoever reads the view is slower than the run. */
  readonly pause: () => void;
  readonly resume: () => void;
  /** Asks the supervisor for something. @throws Problem where it refuses */
  readonly command: (command: ControlCommand) => Promise<ControlAnswer>;
  /** Stops us until somebody continues us; the terminal has been given back. */
  readonly suspend: () => Promise<void>;
}

export const stoppingNotice = 'stopping, press Ctrl-C again to force';
