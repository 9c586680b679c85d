/** Whether a name is of a part of the relay: all of it, one of its nodes, or what is between them. */
export const isOfRelay = (name: string): boolean => /^(relay(\.\d+)?|redis)$/.test(name);

/** The parts of a relay of so many nodes: with one node that is the relay itself. */
export const relayParts = (nodes: number): readonly string[] =>
  nodes === 1
    ? ['relay']
    : ['relay', ...Array.from({ length: nodes }, (_, index) => `relay.${index + 1}`), 'redis'];

/** What no user may be called, because a file or the stack means something else by it. */
export const reservedNames: ReadonlySet<string> = new Set([
  'everyone',
  'relay',
  'redis',
  'links',
  'pages',
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
