import { titleOf } from '../model/format.ts';
import { nameIn } from '../model/names.ts';
import { outboxSentence, waitingChanges } from '../model/outbox.ts';
import type { PageState } from '../model/state.ts';
import { changeInWords, stageInWords } from '../model/words.ts';

const shown = 8;

/** What of this user's own changes has not arrived everywhere. */
export function Outbox({ state }: { readonly state: PageState }) {
  const changes = waitingChanges(state.outbox);
  const nameOf = (user: Parameters<typeof nameIn>[1]) => nameIn(state, user);
  return (
    <section aria-labelledby="outbox" className="outbox">
      <h2 id="outbox">Outbox</h2>
      <p>{outboxSentence(changes, state.relay, nameOf)}</p>
      {changes.length > 0 && (
        <ul>
          {changes.slice(0, shown).map(({ id, type, position, entries }) => {
            const held = state.positions.get(position);
            return (
              <li key={id}>
                <span className="name">
                  {changeInWords[type]} {held ? titleOf(held) : 'a position'}
                </span>
                <ul>
                  {entries.map((entry) => (
                    <li key={entry.to} className="facts">
                      {nameOf(entry.to)}: {stageInWords(entry, state.relay)}
                    </li>
                  ))}
                </ul>
              </li>
            );
          })}
        </ul>
      )}
      {changes.length > shown && <p className="facts">And {changes.length - shown} more.</p>}
    </section>
  );
}
