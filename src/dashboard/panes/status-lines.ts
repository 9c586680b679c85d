import { joined, type Line, type Span, spread } from '../line.ts';
import { theme } from '../theme.ts';
import { footerKeys } from '../view/keys.ts';
import type { Scene } from '../view/scene.ts';
import type { TextLine } from '../view/text-line.ts';
import { dialogKeys } from './dialog-lines.ts';

/** The outcome of the last act, a question, or the filter while it is written; the newest warning to its right. */
export function statusLine(scene: Scene): Line {
  const { frame, layout } = scene;
  const warning = frame.model.warning;
  const { glyph, tone } = theme.warning;
  const left = said(scene);
  const right: Line = warning === undefined || left.length > 0 ? [] : [[`${glyph} ${warning}`, tone]];
  return left.length > 0 ? spread(left, right, layout.width) : right;
}

function said({ view, facts }: Scene): Line {
  const { mode, status, filter } = view;
  if (facts.notice !== undefined) return [[facts.notice, 'waiting']];
  if (mode.id === 'filter') return [['/', 'focus'], ...lineWithCursor(mode.line)];
  if (mode.id === 'confirm') return [[question(mode.act, mode.name), 'alarm']];
  if (status) {
    const { glyph, tone } = theme.outcome[status.ok ? 'ok' : 'failed'];
    return [[`${glyph} `, tone], [status.text]];
  }
  return filter === ''
    ? []
    : [
        ['filter ', 'dim'],
        [filter, 'focus'],
        ['  esc ends it', 'dim'],
      ];
}

const question = (act: 'kill' | 'restart', name: string): string =>
  act === 'kill'
    ? ` SIGKILL for ${name}: X or enter does it, any other key does not `
    : ` Stop ${name} and start it again: r or enter does it, any other key does not `;

/** A line that is written, with the cell of the cursor marked. */
export function lineWithCursor({ text, cursor }: TextLine): Line {
  const chars = [...text];
  return [
    [chars.slice(0, cursor).join('')],
    [chars[cursor] ?? ' ', 'cursor'],
    [chars.slice(cursor + 1).join('')],
  ];
}

/** The few keys that matter here. */
export function footerLine({ view, facts, layout }: Scene): Line {
  const { mode, focus } = view;
  switch (mode.id) {
    case 'browse':
      return spread(
        keyLine(footerKeys(focus, facts.stepping === true)),
        keyLine([
          ['?', 'help'],
          ['q', 'quit'],
        ]),
        layout.width,
      );
    case 'help':
      return keyLine([['esc', 'back']]);
    case 'filter':
      return keyLine([
        ['enter', 'keep'],
        ['esc', 'as before'],
        ['', 'from:alice to:bob type:share stage:unavailable -word'],
      ]);
    case 'confirm':
      return keyLine([
        ['enter', 'do it'],
        ['esc', 'leave it'],
      ]);
    case 'dialog':
      return keyLine(dialogKeys(mode.dialog));
    default:
      return mode satisfies never;
  }
}

const keyLine = (keys: readonly (readonly [string, string])[]): Line =>
  joined(
    keys.map(([key, word]): readonly Span[] => [
      [key, 'strong'],
      [key === '' ? word : ` ${word}`, 'dim'],
    ]),
    ['  '],
  );
