import { position } from '../../protocol/positions.ts';

const content = position.pick({
  symbol: true,
  strategy: true,
  quantity: true,
  legs: true,
  notes: true,
  tags: true,
});

/** What a position says, without its bookkeeping, as text that is equal where the content is. */
export const contentText = (raw: unknown): string => JSON.stringify(content.parse(raw));
