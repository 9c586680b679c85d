import { z } from 'zod';
import { commentId, positionId, timestamp, userId } from './ids.ts';

/** One option contract of a position; `strike` in the underlying's currency, `quantity` in contracts. */
export const leg = z.strictObject({
  action: z.enum(['buy', 'sell']),
  right: z.enum(['call', 'put']),
  strike: z.number().positive(),
  expiration: z.iso.date(),
  quantity: z.int().min(1),
});
export type Leg = z.infer<typeof leg>;

const content = {
  symbol: z
    .string()
    .regex(/^[A-Z0-9.^/-]{1,16}$/, 'a symbol is 1 to 16 upper-case letters or digits, like "SAP"'),
  strategy: z.string().max(80),
  quantity: z.int().min(0),
  legs: z.array(leg).max(16),
  notes: z.string().max(4000),
  tags: z.array(z.string().min(1).max(40)).max(20),
};

/** What a user writes. `id` is the client's, so that a POST can be repeated safely. */
export const positionDraft = z.strictObject({
  id: positionId.optional(),
  symbol: content.symbol,
  strategy: content.strategy.default(''),
  quantity: content.quantity.default(1),
  legs: content.legs.default([]),
  notes: content.notes.default(''),
  tags: content.tags.default([]),
});
export type PositionDraft = z.infer<typeof positionDraft>;

/** A change by the owner: any of the content, at least one key. */
export const positionChange = z
  .strictObject(content)
  .partial()
  .refine(
    (change) => Object.keys(change).length > 0,
    'a change names at least one of symbol, strategy, quantity, legs, notes, tags',
  );
export type PositionChange = z.infer<typeof positionChange>;

/** A position as its owner or a reader sees it. `shared_with` is there for the owner only. */
export const position = z.object({
  id: positionId,
  owner_id: userId,
  version: z.int().min(1),
  ...content,
  created_at: timestamp,
  updated_at: timestamp,
  read_only: z.boolean(),
  shared_with: z.array(userId).optional(),
});
export type Position = z.infer<typeof position>;

/** What a position says, without its bookkeeping; digests of it (client/content-digest.ts) depend on the order of the keys. */
export const positionContent = position.pick({
  symbol: true,
  strategy: true,
  quantity: true,
  legs: true,
  notes: true,
  tags: true,
});
export type PositionContent = z.infer<typeof positionContent>;

export const author = z.object({ id: userId, display_name: z.string().max(120) });
export type Author = z.infer<typeof author>;

/** A comment as the brief's `comment_added` carries it. */
export const comment = z.object({
  id: commentId,
  text: z.string().min(1).max(4000),
  user: author,
  created_at: timestamp,
});
export type Comment = z.infer<typeof comment>;

export const commentDraft = z.strictObject({ id: commentId.optional(), text: comment.shape.text });
export type CommentDraft = z.infer<typeof commentDraft>;
