import { contentOf, windowed } from '../panes/content.ts';
import { dialogLines, questionOf } from '../panes/dialog-lines.ts';
import { feedLines } from '../panes/feed-lines.ts';
import { instanceLines } from '../panes/instance-lines.ts';
import { detailTitle, feedNote } from '../panes/notes.ts';
import type { Dialog } from '../view/dialog.ts';
import type { Scene } from '../view/scene.ts';
import { Pane } from './pane.tsx';

interface PaneOf {
  readonly scene: Scene;
}

export function Instances({ scene }: PaneOf) {
  const size = scene.layout.panes.instances;
  if (!size) return null;
  const lines = instanceLines(scene, size.width, size.height - 1);
  const count = scene.frame.model.instances.size;
  const note = count > lines.length ? `${lines.length} of ${count}` : '';
  return (
    <Pane
      title="instances"
      note={note}
      size={size}
      focused={scene.view.focus === 'instances'}
      lines={lines}
    />
  );
}

export function Events({ scene }: PaneOf) {
  const size = scene.layout.panes.events;
  if (!size) return null;
  const lines = feedLines(scene, size.width, size.height - 1);
  const focused = scene.view.focus === 'events';
  return <Pane title="events" note={feedNote(scene)} size={size} focused={focused} lines={lines} />;
}

export function Scenario({ scene }: PaneOf) {
  return <Scrolling scene={scene} pane="scenario" title="scenario" />;
}

export function Detail({ scene }: PaneOf) {
  return <Scrolling scene={scene} pane="detail" title={detailTitle(scene)} />;
}

export function Log({ scene }: PaneOf) {
  return <Scrolling scene={scene} pane="log" title={`log of ${scene.instance ?? 'nobody'}`} />;
}

interface ScrollingProps extends PaneOf {
  readonly pane: 'scenario' | 'detail' | 'log';
  readonly title: string;
}

function Scrolling({ scene, pane, title }: ScrollingProps) {
  const size = scene.layout.panes[pane];
  if (!size) return null;
  const all = contentOf(scene, pane);
  const lines = windowed(all, size.height - 1, scene.view.scroll[pane]);
  const note = all.length > lines.length ? `${lines.length} of ${all.length} lines` : '';
  return <Pane title={title} note={note} size={size} focused={scene.view.focus === pane} lines={lines} />;
}

export function Question({ scene, dialog }: PaneOf & { readonly dialog: Dialog }) {
  const { width, dialog: height } = scene.layout;
  const lines = dialogLines(dialog, height - 1);
  return <Pane title={questionOf(dialog)} size={{ width, height }} focused lines={lines} />;
}
