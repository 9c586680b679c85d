import { column } from '../cells.ts';
import type { Line } from '../line.ts';
import { theme } from '../theme.ts';
import type { Dialog } from '../view/dialog.ts';
import type { Picker } from '../view/picker.ts';
import { lineWithCursor } from './status-lines.ts';

const mostChoices = 7;

/** With its title. */
export function rowsOfDialog({ ask }: Dialog): number {
  return ask.id === 'position' || ask.id === 'others'
    ? Math.min(ask.picker.choices.length, mostChoices) + 1
    : 2;
}

/** The question, for the title of the dialog. */
export function questionOf({ act, user, ask }: Dialog): string {
  switch (ask.id) {
    case 'waiting':
      return `${user}: ${act}`;
    case 'position':
      return `${user}: ${act} which position?`;
    case 'others':
      return act === 'revoke'
        ? `${user}: take ${ask.position.name} back from whom?`
        : `${user}: share ${ask.position.name} with whom?`;
    case 'text':
      return act === 'update'
        ? `${user}: new notes of ${ask.position.name}`
        : `${user}: comment on ${ask.position.name}`;
    default:
      return ask satisfies never;
  }
}

export function dialogLines({ user, ask }: Dialog, rows: number): Line[] {
  switch (ask.id) {
    case 'waiting':
      return [[[`  asking ${user}'s backend for its positions`, 'dim']]];
    case 'position':
    case 'others':
      return choiceLines(ask.picker, rows);
    case 'text':
      return [[['  '], ...lineWithCursor(ask.line)]];
    default:
      return ask satisfies never;
  }
}

/** What the keys do in it. */
export function dialogKeys({ ask }: Dialog): readonly (readonly [string, string])[] {
  switch (ask.id) {
    case 'waiting':
      return [['esc', 'leave']];
    case 'position':
      return [
        ['j/k', 'move'],
        ['enter', 'choose'],
        ['esc', 'leave'],
      ];
    case 'others':
      return [
        ['j/k', 'move'],
        ...(ask.picker.picked ? [['space', 'pick several'] as const] : []),
        ['enter', 'do it'],
        ['esc', 'leave'],
      ];
    case 'text':
      return [
        ['enter', 'do it'],
        ['esc', 'leave'],
      ];
    default:
      return ask satisfies never;
  }
}

function choiceLines({ choices, cursor, picked }: Picker, rows: number): Line[] {
  const top = Math.max(0, Math.min(cursor - Math.floor(rows / 2), choices.length - rows));
  const labels = Math.min(Math.max(...choices.map(({ label }) => label.length), 8), 32);
  return choices.slice(top, top + rows).map(({ id, label, hint }, index): Line => {
    const isHere = top + index === cursor;
    const box = picked ? `${picked.includes(id) ? theme.choice.on : theme.choice.off} ` : '';
    return [
      [` ${isHere ? theme.selected.here : theme.selected.none} `, 'focus'],
      [`${box}${column(label, labels)}`, isHere ? 'strong' : 'plain'],
      [`  ${hint}`, 'dim'],
    ];
  });
}
