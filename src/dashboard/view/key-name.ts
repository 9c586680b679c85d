/** The part of Ink's key that is looked at. */
export interface KeyFlags {
  readonly upArrow: boolean;
  readonly downArrow: boolean;
  readonly leftArrow: boolean;
  readonly rightArrow: boolean;
  readonly pageUp: boolean;
  readonly pageDown: boolean;
  readonly home: boolean;
  readonly end: boolean;
  readonly return: boolean;
  readonly escape: boolean;
  readonly tab: boolean;
  readonly backspace: boolean;
  readonly delete: boolean;
  readonly shift: boolean;
  readonly ctrl: boolean;
  readonly meta: boolean;
}

const named = [
  ['upArrow', 'up'],
  ['downArrow', 'down'],
  ['leftArrow', 'left'],
  ['rightArrow', 'right'],
  ['pageUp', 'pgup'],
  ['pageDown', 'pgdn'],
  ['home', 'home'],
  ['end', 'end'],
  ['return', 'enter'],
  ['escape', 'esc'],
  ['backspace', 'backspace'],
  ['delete', 'backspace'],
] as const;

/** A key by its name (`j`, `ctrl-d`, `shift-tab`, `space`), or text that came at once, as when it is pasted. */
export function keyName(input: string, key: KeyFlags): string {
  if (key.tab) return key.shift ? 'shift-tab' : 'tab';
  for (const [flag, name] of named) if (key[flag]) return name;
  if (key.ctrl) return `ctrl-${input}`;
  if (key.meta) return `alt-${input}`;
  return input === ' ' ? 'space' : input;
}

/** Keys that came in one piece, as they do when somebody types quickly; a name stays one. */
export function separate(name: string): readonly string[] {
  if (isName(name)) return [name];
  return [...name].map((char) => ({ ' ': 'space', '\r': 'enter', '\t': 'tab' })[char] ?? char);
}

/** The same for somebody who writes: text stays together, and only an Enter at its end is one. */
export function separateText(name: string): readonly string[] {
  return !isName(name) && name.endsWith('\r') ? [name.slice(0, -1), 'enter'] : [name];
}

const isName = (name: string): boolean =>
  name.length === 1 || /^(ctrl-|alt-|shift-)/.test(name) || isNamed(name);

const isNamed = (name: string): boolean =>
  name === 'tab' || name === 'space' || named.some(([, one]) => one === name);
