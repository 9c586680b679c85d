import type { Friend } from '../../../protocol/backend-rest.ts';
import type { UserId } from '../../../protocol/ids.ts';
import type { Position } from '../../../protocol/positions.ts';
import { nameIn } from '../model/names.ts';
import { allOf, shareOnItsWay } from '../model/outbox.ts';
import type { PageState } from '../model/state.ts';
import { stageInWords } from '../model/words.ts';
import type { PageStore } from '../page-store.ts';
import { Avatar } from './avatar.tsx';
import { Presence } from './presence.tsx';
import { Refusal } from './refusal.tsx';
import { useAct } from './use-act.ts';

export interface SharingProps {
  readonly state: PageState;
  readonly store: PageStore;
  readonly position: Position;
}

/** Who can see an own position, and with whom it can be shared. */
export function Sharing({ state, store, position }: SharingProps) {
  const act = useAct();
  const readers = position.shared_with ?? [];
  const strangers = readers.filter((id) => !state.friends.some(({ user_id }) => user_id === id));
  const people: readonly Pick<Friend, 'user_id' | 'display_name' | 'status'>[] = [
    ...state.friends,
    ...strangers.map((id) => ({ user_id: id, display_name: id, status: 'offline' as const })),
  ];
  const toggle = (friend: UserId) =>
    act.run(() =>
      readers.includes(friend) ? store.takeBack(position.id, friend) : store.share(position.id, friend),
    );

  const seeing = (friend: UserId): string => {
    const waiting = shareOnItsWay(state.outbox, position.id, friend);
    return waiting ? stageInWords(waiting, state.relay) : 'can see it';
  };

  return (
    <section aria-labelledby="sharing" className="sharing">
      <h3 id="sharing">Who can see it</h3>
      <p>
        {readers.length === 0 ? 'Only you.' : `${allOf(['You', ...readers.map((id) => nameIn(state, id))])}.`}{' '}
        Sharing joins its readers into one thread: each of them reads all comments, also those of people they
        do not know.
      </p>
      {people.length === 0 ? (
        <p className="nothing">You have no friends here yet, so there is nobody to share with.</p>
      ) : (
        <ul className="people">
          {people.map(({ user_id: id, display_name: name, status }) => (
            <li key={id}>
              <Avatar user={id} name={name} />
              <span className="name">{name}</span>
              <Presence status={status} state={state} />
              <span className="facts">{readers.includes(id) ? seeing(id) : ''}</span>
              <button
                type="button"
                className={readers.includes(id) ? '' : 'main'}
                aria-disabled={act.busy}
                onClick={() => act.busy || toggle(id)}
                aria-label={readers.includes(id) ? `Take back from ${name}` : `Share with ${name}`}
              >
                {readers.includes(id) ? 'Take back' : 'Share'}
              </button>
            </li>
          ))}
        </ul>
      )}
      <Refusal words={act.refusal} />
    </section>
  );
}
