import { z } from 'zod';
import { backendConfig } from './backend-config.ts';
import { census } from './census.ts';
import { linkFault, linksConfig, upstream } from './links-config.ts';
import { pagesConfig } from './pages-config.ts';
import { problemRecord } from './problem-record.ts';
import { submitReply } from './receipts.ts';
import { relayConfig } from './relay-config.ts';

/**
 * What a supervisor and one of our child processes say over IPC. Small and rare on purpose: what happened goes to the
 * journal file, and `doorbell` only says that there is something new in it. A child exits when the channel closes.
 */
export const journalTarget = z.strictObject({
  /** The file to append to, one writer a file. */
  file: z.string(),
  /** The name of the writer in every record: `relay`, `alice`, `links`. */
  process: z.string(),
  /** Counts the starts of this process, from 1. */
  generation: z.int().min(1),
});
export type JournalTarget = z.infer<typeof journalTarget>;

const requestId = z.int();

export const toChild = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('configure'),
    id: requestId,
    journal: journalTarget.optional(),
    config: z.unknown(),
  }),
  /** Ends the value that is served; the process stays, for another `configure`. */
  z.strictObject({ type: z.literal('release'), id: requestId }),
  z.strictObject({ type: z.literal('census'), id: requestId }),
  /** A backend sends this raw event over its own connection, past its outbox; `done` carries the relay's reply. */
  z.strictObject({ type: z.literal('emit'), id: requestId, event: z.record(z.string(), z.unknown()) }),
  z.strictObject({ type: z.literal('upstream'), id: requestId, upstream }),
  z.strictObject({ type: z.literal('impose'), id: requestId, fault: linkFault }),
  z.strictObject({ type: z.literal('heal'), id: requestId, fault: z.string() }),
  /** Ends the value and the process. */
  z.strictObject({ type: z.literal('stop'), id: requestId }),
]);
export type ToChild = z.infer<typeof toChild>;

export const fromChild = z.discriminatedUnion('type', [
  /** The bundle is loaded and listens for `configure`. */
  z.object({ type: z.literal('hello'), pid: z.int() }),
  z.object({
    type: z.literal('ready'),
    id: requestId,
    url: z.string().optional(),
    ports: z.record(z.string(), z.int()).optional(),
  }),
  z.object({
    type: z.literal('done'),
    id: requestId,
    census: census.optional(),
    touched: z.int().optional(),
    reply: submitReply.optional(),
  }),
  z.object({ type: z.literal('failed'), id: requestId, problem: problemRecord }),
  z.object({ type: z.literal('doorbell') }),
]);
export type FromChild = z.infer<typeof fromChild>;

/** The schema of each child's `configure`. */
export const childConfigs = {
  relay: relayConfig,
  backend: backendConfig,
  links: linksConfig,
  pages: pagesConfig,
} as const;
