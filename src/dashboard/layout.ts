/** How the screen is shared out, in character cells. */
export interface Layout {
  readonly width: number;
  readonly height: number;
  /** Rows of the body, between the header and the footer. */
  readonly body: number;
  readonly instances: number;
  /** Whether the two lists stand beside one another; else the instances are on top. */
  readonly wide: boolean;
}

const headerRows = 2;
const footerRows = 1;

/**
 * A screen's layout. One row stays free: a terminal scrolls when its last cell is written, and Ink clears the whole
 * screen for a frame that is as high as it.
 */
export function layout(columns: number, rows: number): Layout {
  const height = Math.max(rows - 1, 4);
  const wide = columns >= 120;
  return {
    width: columns,
    height,
    body: Math.max(height - headerRows - footerRows, 1),
    instances: wide ? 36 : columns,
    wide,
  };
}
