import { Box, Text } from 'ink';
import { cutLine, type Line } from '../line.ts';
import { theme } from '../theme.ts';

export interface LinesProps {
  readonly lines: readonly Line[];
  readonly width: number;
}

/** Lines as they stand, a row each, none wider than there is room. */
export function Lines({ lines, width }: LinesProps) {
  return lines.map((line, row) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: a row of the screen is known by its place
    <Box key={row} height={1} flexShrink={0}>
      <Row line={line} width={width} />
    </Box>
  ));
}

function Row({ line, width }: { readonly line: Line; readonly width: number }) {
  return (
    <Text wrap="truncate">
      {cutLine(line, width).map(([text, tone = 'plain'], place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a piece of a row is known by its place
        <Text key={place} {...theme.tones[tone]}>
          {text}
        </Text>
      ))}
    </Text>
  );
}
