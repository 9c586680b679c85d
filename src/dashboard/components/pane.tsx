import { Box } from 'ink';
import type { Size } from '../layout.ts';
import type { Line } from '../line.ts';
import { titleLine } from '../panes/title-line.ts';
import { Lines } from './lines.tsx';

export interface PaneProps {
  readonly title: string;
  /** What there is to say about its contents, at the right. */
  readonly note?: Line;
  readonly size: Size;
  readonly focused: boolean;
  readonly lines: readonly Line[];
  readonly color: boolean;
}

/** A title and what is below it, in exactly the room that it has. */
export function Pane({ title, note = [], size, focused, lines, color }: PaneProps) {
  return (
    <Box flexDirection="column" width={size.width} height={size.height} flexShrink={0} overflow="hidden">
      <Lines
        lines={[titleLine(title, note, size.width, focused), ...lines]}
        width={size.width}
        color={color}
      />
    </Box>
  );
}
