/** Words of the language that a later version brings: complained about as such, and never as typos. */
export const later = {
  verbs: ['opens'],
} as const;

/** `redis` and `relay.2` are whom a later version can speak of. */
export const isLaterSubject = (name: string): boolean => name === 'redis' || /^relay\.\d+$/.test(name);

/** What no user may be called, because a file or the stack means something else by it. */
export const reservedNames: ReadonlySet<string> = new Set([
  'everyone',
  'relay',
  'redis',
  'links',
  'stack',
  'do',
  'wait',
  'heal',
  'parallel',
  'repeat',
  'cut',
  'delay',
  'throttle',
  'drop',
  'duplicate',
  'reset',
]);

export const notYet = (what: string): string => `${what} is not in this version yet.`;
