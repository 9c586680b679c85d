import type { Friend } from '../../../protocol/backend-rest.ts';
import { State } from './state.tsx';

export function Friends({ friends }: { readonly friends: readonly Friend[] }) {
  return (
    <section aria-labelledby="friends" className="friends">
      <h2 id="friends">Friends</h2>
      {friends.length === 0 ? (
        <p className="nothing">Nobody yet.</p>
      ) : (
        <ul className="people">
          {friends.map(({ user_id: id, display_name: name, status }) => (
            <li key={id}>
              <span className="name">{name}</span>
              <State tone={status === 'online' ? 'good' : 'off'} text={status} />
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
