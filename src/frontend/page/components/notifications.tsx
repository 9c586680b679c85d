import { type RefObject, useState } from 'react';
import { timeInWords } from '../model/format.ts';
import type { PageState } from '../model/state.ts';
import { isTrouble, kindInWords } from '../model/words.ts';
import { linkTo } from './use-place.ts';

/** How many are shown until somebody asks for the earlier ones. */
const latest = 5;

export interface NotificationsProps {
  readonly state: PageState;
  readonly heading: RefObject<HTMLHeadingElement | null>;
  readonly onRead: () => void;
}

/** What happened to this user, the newest first. */
export function Notifications({ state, heading, onRead }: NotificationsProps) {
  const { notifications, unread, positions, loaded } = state;
  const [all, setAll] = useState(false);
  const now = new Date();
  const read = () => {
    onRead();
    // The button goes away with the focus on it.
    heading.current?.focus();
  };
  return (
    <section aria-labelledby="news" className="news">
      <div className="heading">
        <h2 id="news" ref={heading} tabIndex={-1}>
          Notifications
        </h2>
        {unread > 0 && (
          <button type="button" onClick={read}>
            Mark {unread} read
          </button>
        )}
      </div>
      {notifications.length === 0 ? (
        <p className="nothing">{loaded ? 'Nothing yet.' : 'Reading…'}</p>
      ) : (
        <ol>
          {notifications.slice(0, all ? undefined : latest).map((one, index) => (
            <li key={one.id} className={index < unread ? 'unread' : ''}>
              <p className="facts">
                <span className={isTrouble(one) ? 'kind trouble' : 'kind'}>
                  {kindInWords[one.kind]}
                  {index < unread && <span className="unseen"> (new)</span>}
                </span>
                <time dateTime={one.created_at}>{timeInWords(one.created_at, now)}</time>
              </p>
              <p className="text">
                {one.position_id !== undefined && positions.has(one.position_id) ? (
                  <a href={linkTo(one.position_id)}>{one.text}</a>
                ) : (
                  one.text
                )}
              </p>
            </li>
          ))}
        </ol>
      )}
      {notifications.length > latest && (
        <button type="button" className="quiet" aria-expanded={all} onClick={() => setAll(!all)}>
          {all ? 'Show only the latest' : `Show ${notifications.length - latest} earlier`}
        </button>
      )}
    </section>
  );
}
