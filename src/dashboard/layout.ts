/** The parts of the screen that can have the focus, in the order of the tab key. */
export const paneNames = ['instances', 'scenario', 'events', 'detail', 'log'] as const;
export type PaneName = (typeof paneNames)[number];
/** What is beside the events: the detail of one, or an instance's log. `auto`: the detail, if there is room. */
export type Aside = 'auto' | 'detail' | 'log';

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** How the screen is shared out, in character cells; a pane that is not there has no room. Sizes include titles. */
export interface Layout extends Size {
  readonly panes: Readonly<Partial<Record<PaneName, Size>>>;
  /** `narrow`: all under one another; `medium`: two columns; `wide`: three. */
  readonly shape: 'small' | 'narrow' | 'medium' | 'wide';
  readonly body: number;
  readonly dialog: number;
}

export interface Wanted {
  readonly instances: number;
  readonly steps: number;
  readonly aside: Aside;
  /** Rows of an open dialog, at the lower edge; 0 without one. */
  readonly dialog: number;
}

export const smallest = { columns: 72, rows: 20 } as const;
export const headerRows = 3;
const footerRows = 2;
/** Between columns. */
export const gap = 2;

/**
 * Lays the screen out. One row stays free: a terminal scrolls when its last cell is written, and Ink clears the whole
 * screen for a frame that is as high as it.
 */
export function layout(columns: number, rows: number, wanted: Wanted): Layout {
  const height = Math.max(rows - 1, 1);
  const dialog = Math.min(wanted.dialog, Math.floor(height / 2));
  const body = Math.max(height - headerRows - footerRows - dialog, 1);
  const base = { width: columns, height, body, dialog };
  if (columns < smallest.columns || rows < smallest.rows) return { ...base, shape: 'small', panes: {} };
  if (columns >= 170) return { ...base, shape: 'wide', panes: wide(columns, body, wanted) };
  if (columns >= 110) return { ...base, shape: 'medium', panes: medium(columns, body, wanted) };
  return { ...base, shape: 'narrow', panes: narrow(columns, body, wanted) };
}

const besides = ({ aside }: Wanted): 'detail' | 'log' => (aside === 'log' ? 'log' : 'detail');

function wide(columns: number, body: number, wanted: Wanted): Layout['panes'] {
  const left = Math.min(52, Math.floor(columns * 0.23));
  const right = Math.min(84, Math.floor((columns - left) * 0.47));
  const middle = columns - left - right - 2 * gap;
  return {
    ...stacked(left, body, wanted),
    events: { width: middle, height: body },
    [besides(wanted)]: { width: right, height: body },
  };
}

function medium(columns: number, body: number, wanted: Wanted): Layout['panes'] {
  const left = Math.min(44, Math.floor(columns * 0.3));
  const right = columns - left - gap;
  const lower = Math.min(22, Math.floor(body * 0.55));
  return {
    ...stacked(left, body, wanted),
    events: { width: right, height: body - lower },
    [besides(wanted)]: { width: right, height: lower },
  };
}

/** Instances above the scenario, in one column. */
function stacked(width: number, body: number, { instances }: Wanted): Layout['panes'] {
  const upper = Math.min(Math.max(instances, 1) + 2, Math.ceil(body * 0.6));
  return { instances: { width, height: upper }, scenario: { width, height: body - upper } };
}

function narrow(columns: number, body: number, wanted: Wanted): Layout['panes'] {
  // An open dialog takes its rows from below: what is above it stays where it is.
  const most = Math.max(4, Math.floor((body + wanted.dialog) * 0.4));
  const upper = Math.min(Math.max(wanted.instances, wanted.steps, 3) + 1, most, body - 2);
  const left = Math.floor((columns - gap) * 0.5);
  const panes = {
    instances: { width: left, height: upper },
    scenario: { width: columns - gap - left, height: upper },
  };
  const rest = body - upper;
  const name = besides(wanted);
  // Where there is no room for both, the detail or the log stands in place of the events while it is asked for.
  if (rest < 28) {
    return { ...panes, [wanted.aside === 'auto' ? 'events' : name]: { width: columns, height: rest } };
  }
  const lower = Math.floor(rest * 0.55);
  return {
    ...panes,
    events: { width: columns, height: rest - lower },
    [name]: { width: columns, height: lower },
  };
}
