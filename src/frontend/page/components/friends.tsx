import { useRef } from 'react';
import type { UserId } from '../../../protocol/ids.ts';
import type { PageState } from '../model/state.ts';
import type { PageStore } from '../page-store.ts';
import { Befriend } from './befriend.tsx';
import { FriendRow } from './friend-row.tsx';

export interface FriendsProps {
  readonly state: PageState;
  readonly store: PageStore;
}

/** Whom this user calls a friend and who of them is online. */
export function Friends({ state, store }: FriendsProps) {
  const { friends, loaded } = state;
  const heading = useRef<HTMLHeadingElement>(null);
  const unfriend = async (user: UserId) => {
    const refusal = await store.unfriend(user);
    // Their row goes away with the focus in it.
    if (refusal === undefined) heading.current?.focus();
    return refusal;
  };
  return (
    <section aria-labelledby="friends" className="friends">
      <h2 id="friends" ref={heading} tabIndex={-1}>
        Friends
      </h2>
      {friends.length === 0 ? (
        <p className="nothing">{loaded ? 'Nobody yet.' : 'Reading…'}</p>
      ) : (
        <ul className="people">
          {friends.map((friend) => (
            <FriendRow
              key={friend.user_id}
              friend={friend}
              state={state}
              onUnfriend={() => unfriend(friend.user_id)}
            />
          ))}
        </ul>
      )}
      <Befriend store={store} />
    </section>
  );
}
