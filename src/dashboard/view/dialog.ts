import type { PositionChoice } from '../intents.ts';
import type { Act } from './keys.ts';
import { type Picker, picked, picker } from './picker.ts';
import { type TextLine, textLine, typed } from './text-line.ts';

/** What a user is about to do, question by question. */
export interface Dialog {
  readonly act: Act;
  readonly user: string;
  /** All that the user could name. */
  readonly others: readonly string[];
  readonly ask:
    | { readonly id: 'waiting' }
    | { readonly id: 'position'; readonly positions: readonly PositionChoice[]; readonly picker: Picker }
    | { readonly id: 'others'; readonly position: PositionChoice; readonly picker: Picker }
    | { readonly id: 'text'; readonly position: PositionChoice; readonly line: TextLine };
}

/** What is wished for once all is known. */
export type ActWish =
  | {
      readonly type: 'share';
      readonly user: string;
      readonly position: string;
      readonly others: readonly string[];
    }
  | { readonly type: 'comment'; readonly user: string; readonly position: string; readonly text: string }
  | { readonly type: 'update'; readonly user: string; readonly position: string; readonly notes: string }
  | { readonly type: 'revoke'; readonly user: string; readonly position: string; readonly other: string };

export type Answered =
  | { readonly id: 'open'; readonly dialog: Dialog }
  | { readonly id: 'closed'; readonly says: string; readonly wish?: ActWish };

const open = (dialog: Dialog, ask: Dialog['ask']): Answered => ({ id: 'open', dialog: { ...dialog, ask } });
const closed = (says: string, wish?: ActWish): Answered => ({ id: 'closed', says, ...(wish && { wish }) });

/** The positions of the user have come. Those that the act cannot be done to are left out. */
export function withPositions(dialog: Dialog, positions: readonly PositionChoice[]): Answered {
  const { act, user } = dialog;
  const fitting = positions.filter(({ owner, readOnly, sharedWith }) => {
    if (act === 'comment') return true;
    const own = owner === user && !readOnly;
    return act === 'revoke' ? own && sharedWith.length > 0 : own;
  });
  if (fitting.length === 0) {
    return closed(act === 'revoke' ? `${user} shares nothing` : `${user} has no position to ${act}`);
  }
  const choices = fitting.map(({ id, name, owner, sharedWith }) => {
    const shared = sharedWith.length > 0 ? `shared with ${sharedWith.join(', ')}` : '';
    return { id, label: name, hint: owner === user ? shared : `of ${owner}` };
  });
  return open(dialog, { id: 'position', positions: fitting, picker: picker(choices) });
}

/** A key in a dialog. Escape leaves it, at any question. */
export function answered(dialog: Dialog, key: string): Answered {
  const { act, user, ask } = dialog;
  const same: Answered = { id: 'open', dialog };
  if (key === 'esc') return closed(`${user} does not ${act}`);
  switch (ask.id) {
    case 'waiting':
      return same;
    case 'position': {
      const next = picked(ask.picker, key);
      if (!next) return same;
      if ('picker' in next) return open(dialog, { ...ask, picker: next.picker });
      const position = ask.positions.find(({ id }) => id === next.picked[0]);
      return position ? chosen(dialog, position) : same;
    }
    case 'others': {
      const next = picked(ask.picker, key);
      if (!next) return same;
      if ('picker' in next) return open(dialog, { ...ask, picker: next.picker });
      return named(dialog, ask.position, next.picked);
    }
    case 'text': {
      if (key === 'enter')
        return ask.line.text.trim() === '' ? same : written(dialog, ask.position, ask.line.text);
      const line = typed(ask.line, key);
      return line ? open(dialog, { ...ask, line }) : same;
    }
    default:
      return ask satisfies never;
  }
}

function chosen(dialog: Dialog, position: PositionChoice): Answered {
  const { act, others } = dialog;
  if (act === 'comment' || act === 'update') return open(dialog, { id: 'text', position, line: textLine() });
  const names = act === 'revoke' ? position.sharedWith : others;
  if (names.length === 0) return closed(`there is nobody to ${act} with`);
  const choices = names.map((name) => ({
    id: name,
    label: name,
    hint: act === 'share' && position.sharedWith.includes(name) ? 'has it already' : '',
  }));
  return open(dialog, { id: 'others', position, picker: picker(choices, act === 'share') });
}

function named(
  { act, user }: Dialog,
  { id: position, name }: PositionChoice,
  names: readonly string[],
): Answered {
  const [other = ''] = names;
  return act === 'revoke'
    ? closed(`${user} takes ${name} back from ${other}`, { type: 'revoke', user, position, other })
    : closed(`${user} shares ${name} with ${names.join(', ')}`, {
        type: 'share',
        user,
        position,
        others: names,
      });
}

function written({ act, user }: Dialog, { id: position, name }: PositionChoice, text: string): Answered {
  return act === 'update'
    ? closed(`${user} updates ${name}`, { type: 'update', user, position, notes: text })
    : closed(`${user} comments on ${name}`, { type: 'comment', user, position, text });
}
