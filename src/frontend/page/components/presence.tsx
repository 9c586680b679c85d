import type { OnlineStatus } from '../../../protocol/presence.ts';
import type { PageState } from '../model/state.ts';
import { State } from './state.tsx';

export interface PresenceProps {
  readonly status: OnlineStatus;
  readonly state: Pick<PageState, 'connection' | 'relay'>;
}

/** Whether somebody is online; without a connection of one's own nobody knows. */
export function Presence({ status, state: { connection, relay } }: PresenceProps) {
  if (connection === 'lost' || relay === false) return <State tone="off" text="not known" />;
  return <State tone={status === 'online' ? 'good' : 'off'} text={status} />;
}
