import { Box, useApp, useInput, useWindowSize } from 'ink';
import { EventFeed } from './components/event-feed.tsx';
import { Footer } from './components/footer.tsx';
import { Header } from './components/header.tsx';
import { InstanceList } from './components/instance-list.tsx';
import type { Intents } from './intents.ts';
import { layout } from './layout.ts';
import type { RunFacts } from './run-facts.ts';
import type { ModelStore } from './store.ts';
import { useModel } from './use-model.ts';

export type { RunFacts } from './run-facts.ts';

export interface AppProps {
  readonly store: ModelStore;
  readonly facts: RunFacts;
  readonly intents: Intents;
}

export function App({ store, facts, intents }: AppProps) {
  const model = useModel(store);
  const { columns, rows } = useWindowSize();
  const { width, height, body, instances, wide } = layout(columns, rows);
  const { suspendTerminal } = useApp();
  useInput((input, key) => {
    if (key.ctrl && input === 'c') intents.interrupt();
    else if (key.ctrl && input === 'z') void suspendTerminal(() => intents.suspend());
    else if (input === 'q') intents.quit();
  });

  const list = [...model.instances.values()];
  const listRows = wide ? body : Math.min(list.length, Math.ceil(body / 3));
  return (
    <Box flexDirection="column" width={width} height={height} overflow="hidden">
      <Header {...facts} scenario={model.scenario} faults={[...model.faults.values()]} />
      <Box flexDirection={wide ? 'row' : 'column'} height={body} overflow="hidden">
        <InstanceList instances={list} width={instances} rows={listRows} />
        <EventFeed rows={[...model.rows.values()]} height={wide ? body : body - listRows} />
      </Box>
      <Footer {...model} notice={facts.notice} />
    </Box>
  );
}
