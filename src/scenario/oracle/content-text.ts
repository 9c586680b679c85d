import { positionContent } from '../../protocol/positions.ts';

/** What a position says, without its bookkeeping, as text that is equal where the content is. */
export const contentText = (raw: unknown): string => JSON.stringify(positionContent.parse(raw));
