import type { UserId } from '../protocol/ids.ts';
import type { OnlineStatus, Presence } from '../protocol/presence.ts';
import type { Profile } from './member.ts';

/** Whoever can be told of: here, in grace, or on another node. */
export interface Told {
  readonly user: UserId;
  readonly profile: Profile;
  readonly lastSeen: number;
}

export const wakeOf = ({ user }: Pick<Told, 'user'>): string => `{"user_id":"${user}"}`;

export function presenceOf({ user, profile, lastSeen }: Told, status: OnlineStatus): string {
  const told: Presence = {
    user_id: user,
    status,
    display_name: profile.displayName,
    last_seen: new Date(lastSeen).toISOString(),
    ...(profile.backendUrl !== undefined && { backend_url: profile.backendUrl }),
    ...(profile.peerKey && { peer_key: profile.peerKey }),
  };
  return JSON.stringify(told);
}

export function sameProfile(a: Profile, b: Profile): boolean {
  return a.displayName === b.displayName && a.backendUrl === b.backendUrl && a.peerKey?.x === b.peerKey?.x;
}
