import { Box, Text } from 'ink';
import type { ScenarioState } from '../model.ts';
import { theme } from '../theme.ts';

export interface HeaderProps {
  readonly runId: string;
  readonly phase: string;
  readonly relayUrl: string | undefined;
  readonly readyMs: number | undefined;
  readonly scenario: ScenarioState | undefined;
  readonly faults: readonly string[];
}

/** Which run this is, what it plays, and what is broken on purpose. */
export function Header({ runId, phase, relayUrl, readyMs, scenario, faults }: HeaderProps) {
  const ready = readyMs === undefined ? phase : `${phase} in ${Math.round(readyMs)} ms`;
  return (
    <Box flexDirection="column" flexShrink={0}>
      <Text wrap="truncate">
        <Text bold>collab-dev</Text> <Text dimColor>{runId}</Text> {phase === 'ready' ? ready : phase}
        {relayUrl && <Text dimColor> · relay {relayUrl}</Text>}
        {faults.length > 0 && <Text color="red"> · {faults.join(', ')}</Text>}
      </Text>
      <Text wrap="truncate">{scenario ? <Scenario {...scenario} /> : ' '}</Text>
    </Box>
  );
}

function Scenario({ name, verdict, done, steps, now }: ScenarioState) {
  const { glyph, color } = theme.scenario(verdict);
  return (
    <>
      <Text color={color}>{glyph}</Text> {name}{' '}
      <Text dimColor>
        {steps === undefined ? done : `${done}/${steps}`} {now ?? verdict ?? ''}
      </Text>
    </>
  );
}
