import { Box, Text } from 'ink';

export interface FooterProps {
  readonly delivered: number;
  readonly undelivered: number;
  readonly warning: string | undefined;
  /** Said instead of the keys while the run is being stopped. */
  readonly notice: string | undefined;
}

export function Footer({ delivered, undelivered, warning, notice }: FooterProps) {
  return (
    <Box flexShrink={0} justifyContent="space-between" gap={2}>
      <Text wrap="truncate">{notice ?? 'q quit'}</Text>
      {warning !== undefined && (
        <Text wrap="truncate" color="yellow">
          {warning}
        </Text>
      )}
      <Text dimColor>
        ● {delivered} ○ {undelivered}
      </Text>
    </Box>
  );
}
