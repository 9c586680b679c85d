import { useEffect, useRef, useSyncExternalStore } from 'react';
import type { PageStore } from '../page-store.ts';
import { Announcer } from './announcer.tsx';
import { Friends } from './friends.tsx';
import { Notifications } from './notifications.tsx';
import { Outbox } from './outbox.tsx';
import { PageHeader } from './page-header.tsx';
import { PositionList } from './position-list.tsx';
import { PositionView } from './position-view.tsx';
import { useChosen } from './use-chosen.ts';

export interface AppProps {
  readonly store: PageStore;
}

/** The whole page: positions on one side, the chosen one in the middle, what happened on the other. */
export function App({ store }: AppProps) {
  const state = useSyncExternalStore(store.subscribe, store.state);
  const chosen = useChosen();
  const main = useRef<HTMLElement>(null);
  const { me } = state;

  useEffect(() => {
    document.title = `${state.unread > 0 ? `(${state.unread}) ` : ''}${me ? `${me.name}'s positions` : 'Positions'}`;
  }, [me, state.unread]);

  const position = chosen === undefined ? undefined : state.positions.get(chosen);
  return (
    <>
      <button type="button" className="skip" onClick={() => main.current?.focus()}>
        Skip to the position
      </button>
      <PageHeader state={state} />
      <div className="columns">
        <PositionList state={state} chosen={chosen} />
        <main ref={main} tabIndex={-1} aria-label="Position">
          {position ? (
            <PositionView key={position.id} state={state} store={store} position={position} />
          ) : (
            <Nothing loaded={state.loaded} chosen={chosen !== undefined} />
          )}
        </main>
        <aside aria-label="What happens">
          <Notifications state={state} onRead={store.markRead} />
          <Outbox state={state} />
          <Friends friends={state.friends} />
        </aside>
      </div>
      <Announcer said={state.said} />
    </>
  );
}

function Nothing({ loaded, chosen }: { readonly loaded: boolean; readonly chosen: boolean }) {
  const text = !loaded
    ? 'Reading your positions…'
    : chosen
      ? 'This position is not here, or not any more.'
      : 'Choose a position to see its legs, its notes and its thread.';
  return <p className="nothing">{text}</p>;
}
