import { Box, Text } from 'ink';
import type { InstanceRow } from '../model.ts';
import { theme } from '../theme.ts';

export interface InstanceListProps {
  readonly instances: readonly InstanceRow[];
  readonly width: number;
  readonly rows: number;
}

/** Every process with its state, and every user with presence and what waits in the outbox. */
export function InstanceList({ instances, width, rows }: InstanceListProps) {
  const shown = instances.length > rows ? instances.slice(0, rows - 1) : instances;
  return (
    <Box flexDirection="column" width={width} flexShrink={0} paddingRight={1}>
      {shown.map((row) => (
        <Instance key={row.name} row={row} />
      ))}
      {shown.length < instances.length && <Text dimColor>and {instances.length - shown.length} more</Text>}
    </Box>
  );
}

function Instance({ row }: { readonly row: InstanceRow }) {
  const { glyph, color } = theme.instance(row);
  return (
    <Text wrap="truncate">
      <Text color={color}>{glyph}</Text> {row.name.padEnd(8)} <Text dimColor>{about(row)}</Text>
      {row.pending > 0 && <Text color="yellow"> {row.pending} waiting</Text>}
    </Text>
  );
}

function about({ state, online, url }: InstanceRow): string {
  const presence = online === undefined ? '' : online ? 'online' : 'offline';
  const where = url === undefined ? '' : `:${new URL(url).port}`;
  return [state === 'ready' ? presence || 'ready' : state, where].filter(Boolean).join(' ');
}
