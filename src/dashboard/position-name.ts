/** What a scenario adds to a position's name, so that its id is new on every stack. */
const freshness = /~[0-9a-f]{8}\b/g;

/** A position's id, or a line with ids in it, as people call them. */
export const withPositionNames = (text: string): string => text.replaceAll(freshness, '');
