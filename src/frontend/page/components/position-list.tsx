import type { PositionId } from '../../../protocol/ids.ts';
import type { Position } from '../../../protocol/positions.ts';
import { legsInShort, titleOf } from '../model/format.ts';
import { nameIn } from '../model/names.ts';
import { listed } from '../model/outbox.ts';
import type { PageState } from '../model/state.ts';
import { linkTo } from './use-chosen.ts';

export interface PositionListProps {
  readonly state: PageState;
  readonly chosen: PositionId | undefined;
}

/** Own positions, and copies of what others share. */
export function PositionList({ state, chosen }: PositionListProps) {
  const all = [...state.positions.values()].toSorted((a, b) => titleOf(a).localeCompare(titleOf(b)));
  const own = all.filter(({ read_only: readOnly }) => !readOnly);
  const shared = all.filter(({ read_only: readOnly }) => readOnly);
  const placeholders = [...state.fetching.values()];
  const row = (position: Position, note: string) => (
    <li key={position.id}>
      <a href={linkTo(position.id)} aria-current={position.id === chosen ? 'page' : undefined}>
        <span className="name">{titleOf(position)}</span>
        <span className="facts">{legsInShort(position.legs)}</span>
        <span className="facts">{note}</span>
      </a>
    </li>
  );
  const readers = ({ shared_with: ids = [] }: Position): string =>
    ids.length === 0 ? 'only you' : `shared with ${listed(ids.map((id) => nameIn(state, id)))}`;

  return (
    <nav aria-label="Positions" className="positions">
      <section aria-labelledby="own">
        <h2 id="own">My ideas</h2>
        {own.length > 0 ? (
          <ul>{own.map((position) => row(position, readers(position)))}</ul>
        ) : (
          <p className="nothing">{state.loaded ? 'You have no positions yet.' : 'Reading…'}</p>
        )}
      </section>
      <section aria-labelledby="shared">
        <h2 id="shared">Shared with me</h2>
        {shared.length + placeholders.length > 0 ? (
          <ul>
            {shared.map((position) => row(position, `from ${nameIn(state, position.owner_id)}, read-only`))}
            {placeholders.map(({ id, owner }) => (
              <li key={id} className="placeholder">
                <span className="name">A position from {nameIn(state, owner)}</span>
                <span className="facts">fetching…</span>
              </li>
            ))}
          </ul>
        ) : (
          <p className="nothing">{state.loaded ? 'Nobody shares a position with you now.' : 'Reading…'}</p>
        )}
      </section>
    </nav>
  );
}
