import type { PageState } from '../model/state.ts';
import { State } from './state.tsx';

export interface PageHeaderProps {
  readonly state: PageState;
  readonly onNews: () => void;
}

/** Whose page it is, what is new, and whether it and its backend are connected. */
export function PageHeader({ state, onNews }: PageHeaderProps) {
  const { me, connection, relay, unread } = state;
  return (
    <header className="page-header">
      <h1>{me ? `${me.name}’s positions` : 'Positions'}</h1>
      {unread > 0 && (
        <button type="button" className="to-news" onClick={onNews}>
          {unread} new
          <span className="unseen"> {unread === 1 ? 'notification' : 'notifications'}</span>
        </button>
      )}
      <p className="connection">
        {connection === 'live' && relay !== false && <State tone="good" text="Connected" />}
        {connection === 'live' && relay === false && (
          <State tone="waiting" text="Offline: changes wait until the connection is back" />
        )}
        {connection === 'connecting' && <State tone="waiting" text="Connecting…" />}
        {connection === 'lost' && <State tone="bad" text="Reconnecting to your backend…" />}
      </p>
    </header>
  );
}
