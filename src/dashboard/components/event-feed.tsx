import { Box, Text } from 'ink';
import type { EventRow as Row } from '../model.ts';
import { EventRow } from './event-row.tsx';

export interface EventFeedProps {
  readonly rows: readonly Row[];
  /** How many fit. */
  readonly height: number;
}

/** The newest events, the newest at the bottom. */
export function EventFeed({ rows, height }: EventFeedProps) {
  return (
    <Box flexDirection="column" flexGrow={1} height={height} overflow="hidden">
      {rows.length === 0 && <Text dimColor>No event yet.</Text>}
      {rows.slice(-height).map((row) => (
        <EventRow key={row.key} row={row} />
      ))}
    </Box>
  );
}
