import { useEffect, useRef, useSyncExternalStore } from 'react';
import type { PageStore } from '../page-store.ts';
import { Announcer } from './announcer.tsx';
import { EditPosition } from './edit-position.tsx';
import { Friends } from './friends.tsx';
import { NewPosition } from './new-position.tsx';
import { Nothing } from './nothing.tsx';
import { Notifications } from './notifications.tsx';
import { Outbox } from './outbox.tsx';
import { PageHeader } from './page-header.tsx';
import { PositionList } from './position-list.tsx';
import { PositionView } from './position-view.tsx';
import { linkToNothing, usePlace } from './use-place.ts';

export interface AppProps {
  readonly store: PageStore;
}

/** The whole page: positions on one side, the chosen one in the middle, what happened on the other. */
export function App({ store }: AppProps) {
  const state = useSyncExternalStore(store.subscribe, store.state);
  const place = usePlace();
  const main = useRef<HTMLElement>(null);
  const news = useRef<HTMLHeadingElement>(null);
  const { me } = state;

  useEffect(() => {
    document.title = `${state.unread > 0 ? `(${state.unread}) ` : ''}${me ? `${me.name}'s positions` : 'Positions'}`;
  }, [me, state.unread]);

  const chosen = place.at === 'position' ? place.id : undefined;
  const position = chosen === undefined ? undefined : state.positions.get(chosen);
  return (
    <>
      <button type="button" className="skip" onClick={() => main.current?.focus()}>
        Skip to the position
      </button>
      <PageHeader state={state} onNews={() => news.current?.focus()} />
      {/* On a narrow screen the list makes room for what was chosen in it. */}
      <div className={place.at === 'nothing' ? 'columns' : 'columns chosen'}>
        <PositionList state={state} place={place} />
        <main ref={main} tabIndex={-1} aria-label="Position">
          {place.at !== 'nothing' && (
            <a className="back" href={linkToNothing}>
              All positions
            </a>
          )}
          {place.at === 'new' ? (
            <NewPosition store={store} />
          ) : position && !position.read_only && place.at === 'position' && place.edit ? (
            <EditPosition key={position.id} store={store} position={position} />
          ) : position ? (
            <PositionView key={position.id} state={state} store={store} position={position} />
          ) : (
            <Nothing state={state} chosen={chosen !== undefined} onRetry={store.readAgain} />
          )}
        </main>
        <aside aria-label="What happens">
          <Notifications state={state} heading={news} onRead={store.markRead} />
          <Outbox state={state} />
          <Friends state={state} store={store} />
        </aside>
      </div>
      <Announcer said={state.said} />
    </>
  );
}
