import { isCut } from '../faults.ts';
import { parseFilter } from '../feed/filter.ts';
import { isUser } from '../instances.ts';
import type { Outcome, PositionChoice } from '../intents.ts';
import { type Answered, answered, withPositions } from './dialog.ts';
import { type Act, type Command, commandOf } from './keys.ts';
import { moveIn, nextMissed, select } from './move.ts';
import { type Scene, visiblePanes } from './scene.ts';
import { textLine, typed } from './text-line.ts';
import type { Mode, View } from './view.ts';
import type { Wish } from './wish.ts';

/** What comes to the view: a key, or the answer to a wish. */
export type Message =
  | { readonly type: 'key'; readonly key: string }
  | {
      readonly type: 'positions';
      readonly act: Act;
      readonly user: string;
      readonly positions: readonly PositionChoice[];
    }
  | { readonly type: 'outcome'; readonly outcome: Outcome };

/** The next view, and what is wished for beside it. */
export interface Step {
  readonly view: View;
  readonly wish?: Wish;
}

const browse: Mode = { id: 'browse' };
const said = (view: View, ok: boolean, text: string): View => ({
  ...view,
  mode: browse,
  status: { ok, text },
});

/** Decides what a message does; does nothing itself. */
export function update(scene: Scene, message: Message): Step {
  const { view } = scene;
  switch (message.type) {
    case 'outcome':
      return { view: concluded(view, message.outcome) };
    case 'positions': {
      const { mode } = view;
      const isAwaited =
        mode.id === 'dialog' &&
        mode.dialog.ask.id === 'waiting' &&
        mode.dialog.act === message.act &&
        mode.dialog.user === message.user;
      return isAwaited ? afterAnswer(view, withPositions(mode.dialog, message.positions)) : { view };
    }
    case 'key':
      return pressed(scene, message.key);
    default:
      return message satisfies never;
  }
}

/** A refusal also ends a dialog that waits for its first answer. An outcome without words leaves those of the act. */
function concluded(view: View, outcome: Outcome): View {
  const isWaiting = view.mode.id === 'dialog' && view.mode.dialog.ask.id === 'waiting';
  const mode = isWaiting && !outcome.ok ? browse : view.mode;
  return { ...view, mode, status: outcome.text === '' ? view.status : outcome };
}

function pressed(scene: Scene, key: string): Step {
  const { view, facts } = scene;
  // These two are what a terminal would do: no mode takes them away.
  if (key === 'ctrl-c') return { view, wish: { type: 'interrupt' } };
  if (key === 'ctrl-z') return { view, wish: { type: 'suspend' } };
  switch (view.mode.id) {
    case 'browse': {
      const command = commandOf(key, facts.stepping === true);
      return command ? obeyed(scene, command) : { view };
    }
    case 'help':
      return key === 'q' || key === 'esc' || key === '?' || key === 'enter'
        ? { view: { ...view, mode: browse } }
        : { view };
    case 'confirm':
      return confirmed(view, view.mode, key);
    case 'dialog':
      return afterAnswer(view, answered(view.mode.dialog, key));
    case 'filter':
      return filtering(view, view.mode, key);
    default:
      return view.mode satisfies never;
  }
}

function obeyed(scene: Scene, command: Command): Step {
  const { view, instance } = scene;
  switch (command) {
    case 'up':
    case 'down':
    case 'top':
    case 'bottom':
    case 'page-up':
    case 'page-down':
      return { view: moveIn(scene, command) };
    case 'left':
    case 'right':
      return {
        view: { ...view, firstRecipient: Math.max(0, view.firstRecipient + (command === 'left' ? -1 : 1)) },
      };
    case 'next-pane':
    case 'previous-pane':
      return { view: { ...view, focus: neighbour(scene, command === 'next-pane' ? 1 : -1) } };
    case 'open':
      return opened(scene);
    case 'back':
      return back(view);
    case 'filter':
      return { view: { ...view, mode: { id: 'filter', line: textLine(view.filter), before: view.filter } } };
    case 'next-missed':
    case 'previous-missed': {
      const seq = nextMissed(scene, command === 'next-missed' ? 1 : -1);
      if (seq === undefined) return { view: said(view, true, 'no further event that somebody did not get') };
      return { view: { ...select(scene, seq), status: undefined } };
    }
    case 'pause':
      return {
        view: { ...view, paused: view.paused === undefined ? scene.frame.model.feed.last : undefined },
      };
    case 'follow':
      return { view: followed(scene) };
    case 'logs':
      return { view: instance === undefined ? view : withLog(view) };
    case 'help':
      return { view: { ...view, mode: { id: 'help' } } };
    case 'quit':
      return { view, wish: { type: 'quit' } };
    case 'interrupt':
    case 'suspend':
      return { view, wish: { type: command } };
    case 'step':
      return { view, wish: { type: 'next-step' } };
    case 'share':
    case 'comment':
    case 'update':
    case 'revoke':
      return begun(scene, command);
    case 'kill':
    case 'restart':
      if (instance === undefined) return { view };
      return { view: { ...view, status: undefined, mode: { id: 'confirm', act: command, name: instance } } };
    case 'cut':
      return cutOrHealed(scene);
    default:
      return command satisfies never;
  }
}

function neighbour(scene: Scene, step: 1 | -1): View['focus'] {
  const panes = visiblePanes(scene.layout);
  const at = panes.indexOf(scene.view.focus) + step;
  return panes[(at + panes.length) % panes.length] ?? scene.view.focus;
}

const withLog = (view: View): View => ({
  ...view,
  aside: 'log',
  focus: 'log',
  scroll: { ...view.scroll, log: undefined },
});

function opened(scene: Scene): Step {
  const { view, event } = scene;
  if (view.focus === 'instances') return { view: withLog(view) };
  if (view.focus !== 'events' || event === undefined) return { view };
  return { view: { ...select(scene, event), aside: 'detail', focus: 'detail' } };
}

/** Out of the pane that was opened; among the events, out of the filter. */
function back(view: View): Step {
  if (view.aside !== 'auto' || view.focus !== 'events')
    return { view: { ...view, aside: 'auto', focus: 'events' } };
  return view.filter === ''
    ? { view: { ...view, status: undefined } }
    : refiltered({ ...view, mode: browse }, '');
}

function followed({ view }: Scene): View {
  if (view.focus === 'log') return { ...view, scroll: { ...view.scroll, log: undefined } };
  return view.follow
    ? { ...view, follow: false }
    : { ...view, follow: true, event: undefined, top: undefined, paused: undefined };
}

function begun({ view, instance: user, frame }: Scene, act: Act): Step {
  if (user === undefined || !isUser(user)) return { view: said(view, false, noUser(user, act)) };
  const others = [...frame.model.instances.keys()].filter((name) => isUser(name) && name !== user);
  const mode: Mode = { id: 'dialog', dialog: { act, user, others, ask: { id: 'waiting' } } };
  return { view: { ...view, mode, status: undefined }, wish: { type: 'positions', act, user } };
}

const noUser = (name: string | undefined, act: string): string =>
  `${name ?? 'nobody'} is no user and cannot ${act}: select one with tab, j and k`;

function cutOrHealed({ view, instance: user, frame }: Scene): Step {
  if (user === undefined || !isUser(user)) return { view: said(view, false, noUser(user, 'be cut off')) };
  const heal = isCut(frame.model.faults.values(), user);
  const text = heal ? `healing ${user} ↔ relay` : `cutting ${user} ↔ relay`;
  return { view: said(view, true, text), wish: { type: heal ? 'heal' : 'cut', user } };
}

/** The same key once more, y or enter does it. */
function confirmed(view: View, { act, name }: Extract<Mode, { id: 'confirm' }>, key: string): Step {
  if (key !== 'enter' && key !== 'y' && commandOf(key, false) !== act) {
    return { view: said(view, true, `${name} is left as it is`) };
  }
  return {
    view: said(view, true, act === 'kill' ? `killing ${name}` : `restarting ${name}`),
    wish: { type: act, name },
  };
}

function afterAnswer(view: View, answer: Answered): Step {
  if (answer.id === 'open') return { view: { ...view, mode: { id: 'dialog', dialog: answer.dialog } } };
  const next = said(view, true, answer.says);
  return answer.wish ? { view: next, wish: answer.wish } : { view: next };
}

/** A filter counts while it is being written. */
function filtering(view: View, mode: Extract<Mode, { id: 'filter' }>, key: string): Step {
  if (key === 'enter') return { view: { ...view, mode: browse, focus: 'events' } };
  if (key === 'esc') return refiltered({ ...view, mode: browse }, mode.before);
  const line = typed(mode.line, key);
  return line ? refiltered({ ...view, mode: { ...mode, line } }, line.text) : { view };
}

const refiltered = (view: View, filter: string): Step => ({
  view: { ...view, filter },
  wish: { type: 'filter', filter: parseFilter(filter) },
});
