import type { Line } from '../line.ts';
import type { Scene } from '../view/scene.ts';
import { detailLines } from './detail-lines.ts';
import { logLines } from './log-lines.ts';
import { scenarioLines } from './scenario-lines.ts';

/** All lines of a pane that scrolls. */
export function contentOf(scene: Scene, pane: 'detail' | 'scenario' | 'log'): Line[] {
  const { frame, view, facts, layout, event } = scene;
  const width = layout.panes[pane]?.width ?? 0;
  switch (pane) {
    case 'detail':
      return detailLines(
        event === undefined ? undefined : frame.model.feed.at(event),
        width,
        view.firstRecipient,
      );
    case 'scenario':
      return scenarioLines(frame.model.scenario, facts.report ?? [], width);
    case 'log':
      return logLines(scene.log, scene.instance);
    default:
      return pane satisfies never;
  }
}

/** The lines of it that are on the screen. */
export function windowed(lines: readonly Line[], rows: number, scroll: number | undefined): readonly Line[] {
  const end = Math.max(lines.length - rows, 0);
  const top = Math.min(scroll ?? end, end);
  return lines.slice(top, top + rows);
}
