import { timeInWords } from '../model/format.ts';
import type { PageState } from '../model/state.ts';
import { isTrouble, kindInWords } from '../model/words.ts';
import { linkTo } from './use-chosen.ts';

const shown = 12;

/** What happened to this user, the newest first. */
export function Notifications({ state, onRead }: { readonly state: PageState; readonly onRead: () => void }) {
  const { notifications, unread, positions } = state;
  const now = new Date();
  return (
    <section aria-labelledby="news" className="news">
      <div className="heading">
        <h2 id="news">Notifications</h2>
        {unread > 0 && (
          <button type="button" onClick={onRead}>
            {unread} new, mark as read
          </button>
        )}
      </div>
      {notifications.length === 0 ? (
        <p className="nothing">Nothing yet.</p>
      ) : (
        <ol>
          {notifications.slice(0, shown).map((one, index) => (
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
      {notifications.length > shown && (
        <p className="facts">And {notifications.length - shown} earlier ones.</p>
      )}
    </section>
  );
}
