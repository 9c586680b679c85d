/** The last line of a journal file whose writer ended in order. */
export const endMark = { type: 'end' } as const;
