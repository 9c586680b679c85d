import type { OnlineStatus } from '../../../protocol/presence.ts';
import { State } from './state.tsx';

export interface PresenceProps {
  readonly status: OnlineStatus;
  /** Whether the own backend reaches others at all. */
  readonly relay: boolean | undefined;
}

/** Whether somebody is online; without a connection of one's own nobody knows. */
export function Presence({ status, relay }: PresenceProps) {
  if (relay === false) return <State tone="off" text="not known" />;
  return <State tone={status === 'online' ? 'good' : 'off'} text={status} />;
}
