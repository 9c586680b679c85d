import type { PaneName } from '../layout.ts';

export type Act = 'share' | 'comment' | 'update' | 'revoke';

export type Command =
  | 'up'
  | 'down'
  | 'top'
  | 'bottom'
  | 'page-up'
  | 'page-down'
  | 'left'
  | 'right'
  | 'next-pane'
  | 'previous-pane'
  | 'open'
  | 'back'
  | 'filter'
  | 'next-missed'
  | 'previous-missed'
  | 'pause'
  | 'follow'
  | 'logs'
  | 'help'
  | 'quit'
  | 'interrupt'
  | 'suspend'
  | 'kill'
  | 'restart'
  | 'cut'
  | 'step'
  | Act;

export interface Binding {
  readonly keys: readonly string[];
  readonly command: Command;
  readonly group: 'Move' | 'Look' | 'Act as the selected user' | 'Break' | 'Leave';
  /** What it does; left out where the binding before it says it. */
  readonly help?: string;
  /** The keys as the help shows them, with those of the binding that follows. */
  readonly shown?: string;
  /** One word for the footer of the panes that are named; `all` for each of them. */
  readonly footer?: {
    readonly word: string;
    readonly panes: readonly PaneName[] | 'all';
    /** Where it speaks for its neighbours too. */
    readonly keys?: string;
  };
  /** Only while a replay goes on by key; it comes before a binding of the same key. */
  readonly stepping?: true;
}

const lists = ['events', 'instances'] as const;

/** Every key outside of dialogs. Help and footer are made of it. */
export const bindings: readonly Binding[] = [
  {
    keys: ['space'],
    command: 'step',
    group: 'Look',
    help: 'let the next step go on',
    footer: { word: 'next step', panes: 'all' },
    stepping: true,
  },
  {
    keys: ['j', 'down'],
    command: 'down',
    group: 'Move',
    shown: 'j k, arrows',
    help: 'down, up',
    footer: { word: 'move', panes: lists, keys: 'j/k' },
  },
  { keys: ['k', 'up'], command: 'up', group: 'Move' },
  { keys: ['g', 'home'], command: 'top', group: 'Move', shown: 'g G', help: 'to the oldest, the newest' },
  { keys: ['G', 'end'], command: 'bottom', group: 'Move' },
  {
    keys: ['ctrl-d', 'pgdn'],
    command: 'page-down',
    group: 'Move',
    shown: 'ctrl-d ctrl-u',
    help: 'a page down, up',
  },
  { keys: ['ctrl-u', 'pgup'], command: 'page-up', group: 'Move' },
  {
    keys: ['tab'],
    command: 'next-pane',
    group: 'Move',
    shown: 'tab shift-tab',
    help: 'next pane, the last one',
    footer: { word: 'pane', panes: 'all' },
  },
  { keys: ['shift-tab'], command: 'previous-pane', group: 'Move' },
  { keys: ['left'], command: 'left', group: 'Move', shown: 'left right', help: 'more recipients (event)' },
  { keys: ['right'], command: 'right', group: 'Move' },
  {
    keys: ['enter'],
    command: 'open',
    group: 'Look',
    help: 'event, or log of instance',
    footer: { word: 'open', panes: lists },
  },
  {
    keys: ['esc'],
    command: 'back',
    group: 'Look',
    help: 'back, end a filter',
    footer: { word: 'back', panes: ['detail', 'log', 'scenario'] },
  },
  {
    keys: ['/'],
    command: 'filter',
    group: 'Look',
    help: 'filter: to:bob -type:share',
    footer: { word: 'filter', panes: ['events'] },
  },
  {
    keys: ['n'],
    command: 'next-missed',
    group: 'Look',
    shown: 'n N',
    help: 'next, last missed event',
    footer: { word: 'next missed', panes: ['events', 'detail'] },
  },
  { keys: ['N'], command: 'previous-missed', group: 'Look' },
  {
    keys: ['space'],
    command: 'pause',
    group: 'Look',
    help: 'hold new events back',
    footer: { word: 'pause', panes: ['events'] },
  },
  {
    keys: ['f'],
    command: 'follow',
    group: 'Look',
    help: 'follow the newest',
    footer: { word: 'follow', panes: ['events', 'log'] },
  },
  {
    keys: ['l'],
    command: 'logs',
    group: 'Look',
    help: 'log of the selected one',
    footer: { word: 'log', panes: ['instances'] },
  },
  { keys: ['s'], command: 'share', group: 'Act as the selected user', help: 'share a position' },
  { keys: ['c'], command: 'comment', group: 'Act as the selected user', help: 'comment on a position' },
  { keys: ['u'], command: 'update', group: 'Act as the selected user', help: 'update its notes' },
  { keys: ['v'], command: 'revoke', group: 'Act as the selected user', help: 'revoke a share' },
  { keys: ['x'], command: 'cut', group: 'Break', help: "cut a user's link, or heal" },
  { keys: ['r'], command: 'restart', group: 'Break', help: 'restart the selected one' },
  { keys: ['X'], command: 'kill', group: 'Break', help: 'kill the selected instance' },
  { keys: ['?'], command: 'help', group: 'Leave', help: 'this help' },
  { keys: ['q'], command: 'quit', group: 'Leave', help: 'leave, and end the run unless attached' },
  { keys: ['ctrl-c'], command: 'interrupt', group: 'Leave', help: 'the same; twice: at once' },
  { keys: ['ctrl-z'], command: 'suspend', group: 'Leave', help: 'to the shell; fg is back' },
];

export function commandOf(key: string, stepping: boolean): Command | undefined {
  return bindings.find((one) => (one.stepping !== true || stepping) && one.keys.includes(key))?.command;
}

/** What the footer says for a pane, key and word. Acts fit in where somebody is selected to do them. */
export function footerKeys(pane: PaneName, stepping: boolean): readonly (readonly [string, string])[] {
  const own = bindings.flatMap(({ keys, footer, stepping: only, command }) => {
    if (!footer || (only && !stepping) || (stepping && command === 'pause')) return [];
    return footer.panes === 'all' || footer.panes.includes(pane)
      ? [[footer.keys ?? keys[0] ?? '', footer.word] as const]
      : [];
  });
  const acts = [
    ['s c u v', 'act'],
    ['x', 'cut'],
  ] as const;
  return pane === 'instances' || pane === 'events' ? [...own, ...acts] : own;
}
