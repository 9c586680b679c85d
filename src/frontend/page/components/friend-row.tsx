import { useEffect, useRef, useState } from 'react';
import type { Friend } from '../../../protocol/backend-rest.ts';
import type { PageState } from '../model/state.ts';
import type { Outcome } from '../page-store.ts';
import { Avatar } from './avatar.tsx';
import { Presence } from './presence.tsx';
import { Refusal } from './refusal.tsx';
import { useAct } from './use-act.ts';

export interface FriendRowProps {
  readonly friend: Friend;
  readonly state: PageState;
  readonly onUnfriend: () => Outcome;
}

/** A friend, with a way to end the friendship that asks once more. */
export function FriendRow({ friend, state, onUnfriend }: FriendRowProps) {
  const { user_id: id, display_name: name, status } = friend;
  const [asking, setAsking] = useState(false);
  const act = useAct();
  const remove = useRef<HTMLButtonElement>(null);
  const keep = useRef<HTMLButtonElement>(null);

  useEffect(() => {
    if (asking) keep.current?.focus();
  }, [asking]);

  const back = () => {
    setAsking(false);
    // The button comes back with the next drawing.
    requestAnimationFrame(() => remove.current?.focus());
  };

  return (
    <li>
      <Avatar user={id} name={name} />
      <span className="name">{name}</span>
      <Presence status={status} state={state} />
      {!asking && (
        <button
          ref={remove}
          type="button"
          className="quiet"
          aria-label={`Unfriend ${name}`}
          onClick={() => setAsking(true)}
        >
          Unfriend
        </button>
      )}
      {asking && (
        // biome-ignore lint/a11y/noStaticElementInteractions: Escape answers the question from any of its buttons
        <div className="question" onKeyDown={(event) => event.key === 'Escape' && back()}>
          <p>End it? What you and {name} share with each other goes away on both sides.</p>
          <div className="buttons">
            <button ref={keep} type="button" onClick={back}>
              Keep {name}
            </button>
            <button
              type="button"
              className="danger"
              aria-disabled={act.busy}
              onClick={() => act.busy || act.run(onUnfriend)}
            >
              Unfriend {name}
            </button>
          </div>
          <Refusal words={act.refusal} />
        </div>
      )}
    </li>
  );
}
