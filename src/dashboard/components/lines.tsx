import { Text } from 'ink';
import type { Line } from '../line.ts';
import { paint } from '../paint.ts';

export interface LinesProps {
  readonly lines: readonly Line[];
  readonly width: number;
  /** Whether colours may be used; signs and weights say the same. */
  readonly color: boolean;
}

/** Lines as they stand, a row each. One node for all: laying out a node for each piece costs more than all the rest. */
export function Lines({ lines, width, color }: LinesProps) {
  return <Text wrap="truncate">{paint(lines, width, color)}</Text>;
}
