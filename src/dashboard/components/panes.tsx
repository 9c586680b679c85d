import { joined, type Line } from '../line.ts';
import { contentOf, windowed } from '../panes/content.ts';
import { dialogLines, questionOf } from '../panes/dialog-lines.ts';
import { feedLines } from '../panes/feed-lines.ts';
import { instanceLines } from '../panes/instance-lines.ts';
import { detailTitle, feedNote } from '../panes/notes.ts';
import { scenarioNote } from '../panes/scenario-lines.ts';
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
  const note: Line = count > lines.length ? [[`${lines.length} of ${count}`, 'dim']] : [];
  return (
    <Pane
      title="instances"
      note={note}
      size={size}
      focused={scene.view.focus === 'instances'}
      lines={lines}
      color={scene.color}
    />
  );
}

export function Events({ scene }: PaneOf) {
  const size = scene.layout.panes.events;
  if (!size) return null;
  const lines = feedLines(scene, size.width, size.height - 1);
  const focused = scene.view.focus === 'events';
  return (
    <Pane
      title="events"
      note={feedNote(scene)}
      size={size}
      focused={focused}
      lines={lines}
      color={scene.color}
    />
  );
}

export function Scenario({ scene }: PaneOf) {
  const { scenario } = scene.frame.model;
  const title = scenario?.name ?? 'scenario';
  return <Scrolling scene={scene} pane="scenario" title={title} note={scenarioNote(scenario)} />;
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
  readonly note?: Line;
}

function Scrolling({ scene, pane, title, note = [] }: ScrollingProps) {
  const size = scene.layout.panes[pane];
  if (!size) return null;
  const all = contentOf(scene, pane);
  const lines = windowed(all, size.height - 1, scene.view.scroll[pane]);
  const more: Line = all.length > lines.length ? [[`${lines.length} of ${all.length} lines`, 'dim']] : [];
  const notes = joined([more, note], ['  ']);
  return (
    <Pane
      title={title}
      note={notes}
      size={size}
      focused={scene.view.focus === pane}
      lines={lines}
      color={scene.color}
    />
  );
}

export function Question({ scene, dialog }: PaneOf & { readonly dialog: Dialog }) {
  const { width, dialog: height } = scene.layout;
  const lines = dialogLines(dialog, height - 1);
  return (
    <Pane title={questionOf(dialog)} size={{ width, height }} focused lines={lines} color={scene.color} />
  );
}
