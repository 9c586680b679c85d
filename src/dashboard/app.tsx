import { Box, Text } from 'ink';
import { Lines } from './components/lines.tsx';
import { Pane } from './components/pane.tsx';
import { Detail, Events, Instances, Log, Question, Scenario } from './components/panes.tsx';
import type { Intents } from './intents.ts';
import { gap, smallest } from './layout.ts';
import { headerLines } from './panes/header-lines.ts';
import { helpLines } from './panes/help-lines.ts';
import { footerLine, statusLine } from './panes/status-lines.ts';
import type { RunFacts } from './run-facts.ts';
import type { ModelStore } from './store.ts';
import { useDashboard } from './use-dashboard.ts';
import type { Scene } from './view/scene.ts';

export interface AppProps {
  readonly store: ModelStore;
  readonly facts: RunFacts;
  readonly intents: Intents;
  readonly color: boolean;
}

/** The whole screen: header, panes, an open question, status and keys. */
export function App(props: AppProps) {
  const scene = useDashboard(props);
  const { width, height, shape, body } = scene.layout;
  const { mode } = scene.view;
  if (shape === 'small') return <TooSmall scene={scene} />;
  return (
    <Box flexDirection="column" width={width} height={height} overflow="hidden">
      <Lines lines={headerLines(scene)} width={width} color={scene.color} />
      <Box height={body} flexShrink={0} overflow="hidden">
        {mode.id === 'help' ? (
          <Pane
            title="keys"
            size={{ width, height: body }}
            focused
            lines={helpLines(width, scene.facts.stepping === true)}
            color={scene.color}
          />
        ) : (
          <Body scene={scene} />
        )}
      </Box>
      {mode.id === 'dialog' && <Question scene={scene} dialog={mode.dialog} />}
      <Lines lines={[statusLine(scene), footerLine(scene)]} width={width} color={scene.color} />
    </Box>
  );
}

function Body({ scene }: { readonly scene: Scene }) {
  const left = (
    <>
      <Instances scene={scene} />
      <Scenario scene={scene} />
    </>
  );
  const right = (
    <>
      <Events scene={scene} />
      <Detail scene={scene} />
      <Log scene={scene} />
    </>
  );
  const isNarrow = scene.layout.shape === 'narrow';
  return (
    <Box flexDirection={isNarrow ? 'column' : 'row'} columnGap={isNarrow ? 0 : gap}>
      <Box flexDirection={isNarrow ? 'row' : 'column'} columnGap={isNarrow ? gap : 0} flexShrink={0}>
        {left}
      </Box>
      <Box flexDirection={scene.layout.shape === 'wide' ? 'row' : 'column'} columnGap={gap} flexShrink={0}>
        {right}
      </Box>
    </Box>
  );
}

function TooSmall({ scene }: { readonly scene: Scene }) {
  const { width, height } = scene.layout;
  const { columns, rows } = smallest;
  return (
    <Box width={width} height={height} overflow="hidden">
      <Text wrap="wrap">
        The dashboard needs a terminal of {columns} columns and {rows} rows. Make it larger, or press q to
        stop the run.
      </Text>
    </Box>
  );
}
