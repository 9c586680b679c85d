import { useSyncExternalStore } from 'react';
import { type PositionId, positionId } from '../../../protocol/ids.ts';

const prefix = '#/positions/';

/** The link to a position: the choice is in the address, so that it outlives a reload and "back" works. */
export const linkTo = (position: PositionId): string => `${prefix}${encodeURIComponent(position)}`;

/** The position that the address names. */
export function useChosen(): PositionId | undefined {
  const hash = useSyncExternalStore(subscribe, () => location.hash);
  if (!hash.startsWith(prefix)) return undefined;
  return positionId.safeParse(decode(hash.slice(prefix.length))).data;
}

function subscribe(listener: () => void): () => void {
  addEventListener('hashchange', listener);
  return () => removeEventListener('hashchange', listener);
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
