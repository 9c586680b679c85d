import { Box, Text } from 'ink';
import { clock } from '../clock.ts';
import type { EventRow as Row } from '../model.ts';
import { withPositionNames } from '../position-name.ts';
import { theme } from '../theme.ts';

/** One event on its way to one recipient. */
export function EventRow({ row }: { readonly row: Row }) {
  const { glyph, color } = theme.progress(row.progress);
  return (
    <Box gap={1}>
      <Box flexShrink={0}>
        <Text dimColor>{clock(row.at)}</Text>
      </Box>
      <Box flexShrink={0}>
        <Text color={color}>{glyph}</Text>
      </Box>
      <Box width={16} flexShrink={0}>
        <Text wrap="truncate">
          {row.from} → {row.to}
        </Text>
      </Box>
      <Box width={16} flexShrink={0}>
        <Text wrap="truncate">{row.kind}</Text>
      </Box>
      <Box width={16} flexShrink={1}>
        <Text wrap="truncate" dimColor>
          {withPositionNames(row.position ?? '')}
        </Text>
      </Box>
      <Box flexGrow={1} flexShrink={0}>
        <Text wrap="truncate" color={color}>
          {outcome(row.progress)}
        </Text>
      </Box>
      <Box flexShrink={0}>
        <Text dimColor>{row.ms === undefined ? '' : `${duration(row.ms)}`}</Text>
      </Box>
    </Box>
  );
}

/** For what is unavailable the glyph says so, and the reason is what a person looks for. */
function outcome({ word, why }: Row['progress']): string {
  if (why === undefined || why === word) return word;
  const reason = why.replaceAll('_', ' ');
  return word === 'unavailable' ? reason : `${word} (${reason})`;
}

const duration = (ms: number): string =>
  ms < 10_000 ? `${Math.round(ms)} ms` : `${Math.round(ms / 1000)} s`;
