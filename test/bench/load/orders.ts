import { z } from 'zod';

/** `brief`: emits and listens, no more. `ours`: wants replies, numbers its events and acknowledges what it gets. */
export const manner = z.enum(['brief', 'ours']);
export type Manner = z.infer<typeof manner>;

/** How users reach a server; see wires.ts. */
export const wireName = z.enum(['socket.io', 'plain', 'nats-tcp', 'nats-ws', 'nats-ws-verbose']);
export type WireName = z.infer<typeof wireName>;

/** What the benchmark asks the load generator for, over IPC. */
export const order = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('connect'),
    target: z.string(),
    url: z.string(),
    users: z.int(),
    manner,
    wire: wireName.default('socket.io'),
    /** Of HS256 tokens; every user names every other one as a friend unless they are strangers. */
    secret: z.string(),
    strangers: z.boolean().default(false),
  }),
  z.object({
    type: z.literal('load'),
    target: z.string(),
    /** Events a second, from all users together. */
    rate: z.number(),
    fanOut: z.int(),
    ms: z.number(),
  }),
]);
export type Order = z.input<typeof order>;

export const loadReport = z.object({
  sent: z.int(),
  delivered: z.int(),
  /** Ms from send to the recipient's socket. */
  p50: z.number(),
  p99: z.number(),
  /** The generator's own CPU time as a share of one core. */
  generatorLoad: z.number(),
});
export type LoadReport = z.infer<typeof loadReport>;

export const report = z.union([loadReport, z.object({ connected: z.int() })]);
