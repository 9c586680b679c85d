import { z } from 'zod';
import { eventTypes } from '../protocol/events.ts';

const ofPages = ['notification', 'position', 'position_removed'] as const;

/** What reaches a backend. */
export const receivable = z.enum([...eventTypes, 'any'], {
  error: ({ input }) => {
    const said = ofPages.find((word) => word === input);
    return said && `A ${said} is what a page is told, and never reaches a backend: say "sees" instead.`;
  },
});

/** What reaches a page. */
export const visible = z.enum([...eventTypes, ...ofPages], {
  error: ({ input }) =>
    input === 'any' ? 'A page is told many things besides events: say which one it sees.' : undefined,
});
