import { useSyncExternalStore } from 'react';
import { type PositionId, positionId } from '../../../protocol/ids.ts';

/** What the middle of the page shows. */
export type Place =
  | { readonly at: 'nothing' }
  | { readonly at: 'new' }
  | { readonly at: 'position'; readonly id: PositionId; readonly edit: boolean };

const prefix = '#/positions/';
const edit = '/edit';

/** The link to a position: the choice is in the address, so that it outlives a reload and "back" works. */
export const linkTo = (position: PositionId): string => `${prefix}${encodeURIComponent(position)}`;

/** Where it is changed. */
export const linkToEdit = (position: PositionId): string => `${linkTo(position)}${edit}`;

export const linkToNew = '#/new';
export const linkToNothing = '#/';

/** Where the address says that we are. */
export function usePlace(): Place {
  const hash = useSyncExternalStore(subscribe, () => location.hash);
  return placeOf(hash);
}

function placeOf(hash: string): Place {
  if (hash === linkToNew) return { at: 'new' };
  if (!hash.startsWith(prefix)) return { at: 'nothing' };
  const isEdit = hash.endsWith(edit);
  const named = hash.slice(prefix.length, isEdit ? -edit.length : undefined);
  const id = positionId.safeParse(decode(named)).data;
  return id === undefined ? { at: 'nothing' } : { at: 'position', id, edit: isEdit };
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
