import type { PageState } from '../model/state.ts';
import { State } from './state.tsx';

/** Whose page it is, and whether it and its backend are connected. */
export function PageHeader({ state }: { readonly state: PageState }) {
  const { me, connection, relay } = state;
  return (
    <header className="page-header">
      <h1>{me ? `${me.name}’s positions` : 'Positions'}</h1>
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
