import type { UserId } from '../../protocol/ids.ts';

export interface ReadFacts {
  readonly me: UserId;
  readonly caller: UserId;
  readonly held: { readonly owner: UserId; readonly readers: readonly UserId[] } | undefined;
}

/** May this user read the position? A peer only what is our own and shared with it: copies are not passed on. */
export function mayRead({ me, caller, held }: ReadFacts): boolean {
  if (!held) return false;
  return caller === me || (held.owner === me && held.readers.includes(caller));
}
