import { useApp, useInput, useWindowSize } from 'ink';
import { useEffect, useReducer, useRef, useState, useSyncExternalStore } from 'react';
import type { AppProps } from './app.tsx';
import { keyName, separate, separateText } from './view/key-name.ts';
import { type Scene, sceneOf } from './view/scene.ts';
import { type Message, update } from './view/update.ts';
import { newView } from './view/view.ts';
import { grant } from './view/wish.ts';

/** Joins the run, the terminal and the keys into what is to be drawn. */
export function useDashboard({ store, facts, intents, color }: AppProps): Scene {
  const frame = useSyncExternalStore(store.subscribe, store.get);
  const { columns, rows } = useWindowSize();
  const { suspendTerminal } = useApp();
  // The newest view, also for keys and answers that come before the next drawing.
  const view = useRef(newView);
  const [, draw] = useReducer((count: number) => count + 1, 0);
  const [log, setLog] = useState<readonly string[]>([]);
  const scene = sceneOf({ frame, view: view.current, facts, columns, rows, log, color });

  async function send(message: Message): Promise<void> {
    const now = sceneOf({ frame: store.get(), view: view.current, facts, columns, rows, log, color });
    const step = update(now, message);
    view.current = step.view;
    draw();
    if (!step.wish) return;
    const answer = await grant(step.wish, intents, { filter: store.filter, away: suspendTerminal });
    if (answer) await send(answer);
  }
  useInput((input, flags) => {
    const name = keyName(input, flags);
    const { mode } = view.current;
    const isWriting = mode.id === 'filter' || (mode.id === 'dialog' && mode.dialog.ask.id === 'text');
    for (const key of isWriting ? separateText(name) : separate(name)) void send({ type: 'key', key });
  });

  const followed = view.current.aside === 'log' ? scene.instance : undefined;
  useEffect(() => {
    setLog([]);
    return followed === undefined ? undefined : intents.followLog(followed, setLog);
  }, [followed, intents]);
  return scene;
}
