import type { Outcome } from '../intents.ts';
import type { Aside, PaneName } from '../layout.ts';
import type { Dialog } from './dialog.ts';
import type { TextLine } from './text-line.ts';

/** What the keys go to. */
export type Mode =
  | { readonly id: 'browse' }
  | { readonly id: 'help' }
  | { readonly id: 'filter'; readonly line: TextLine /** What it was before. */; readonly before: string }
  | { readonly id: 'confirm'; readonly act: 'kill' | 'restart'; readonly name: string }
  | { readonly id: 'dialog'; readonly dialog: Dialog };

/** How somebody looks at the run: all that is not in its journal. A value; `update` makes the next one. */
export interface View {
  readonly mode: Mode;
  readonly focus: PaneName;
  readonly aside: Aside;
  /** The selected instance; undefined until somebody selects one: the first user. */
  readonly instance: string | undefined;
  /** The number of the selected event; undefined: the newest. */
  readonly event: number | undefined;
  /** The number of the uppermost event on the screen, while nobody follows. */
  readonly top: number | undefined;
  readonly follow: boolean;
  /** The newest event that is shown, while newer ones are held back. */
  readonly paused: number | undefined;
  readonly filter: string;
  /** Lines from the top; undefined: at the end. */
  readonly scroll: {
    readonly detail: number;
    readonly scenario: number | undefined;
    readonly log: number | undefined;
  };
  /** The first recipient that the detail has a column for. */
  readonly firstRecipient: number;
  /** What became of the last act. */
  readonly status: Outcome | undefined;
}

export const newView: View = {
  mode: { id: 'browse' },
  focus: 'events',
  aside: 'auto',
  instance: undefined,
  event: undefined,
  top: undefined,
  follow: true,
  paused: undefined,
  filter: '',
  scroll: { detail: 0, scenario: undefined, log: undefined },
  firstRecipient: 0,
  status: undefined,
};
