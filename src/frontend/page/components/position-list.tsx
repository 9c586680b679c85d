import { useState } from 'react';
import type { Position } from '../../../protocol/positions.ts';
import { byTitle, isFound, legsInShort, titleOf } from '../model/format.ts';
import { nameIn } from '../model/names.ts';
import { listed } from '../model/outbox.ts';
import type { PageState } from '../model/state.ts';
import { FindPosition } from './find-position.tsx';
import { linkTo, linkToNew, type Place } from './use-place.ts';

export interface PositionListProps {
  readonly state: PageState;
  readonly place: Place;
}

/** More than this many want a field to find one. */
const longList = 10;

/** Own positions, and copies of what others share. */
export function PositionList({ state, place }: PositionListProps) {
  const [text, setText] = useState('');
  const long = state.positions.size > longList;
  const all = [...state.positions.values()]
    .filter((position) => !long || isFound(position, text))
    .toSorted(byTitle);
  const own = all.filter(({ read_only: readOnly }) => !readOnly);
  const shared = all.filter(({ read_only: readOnly }) => readOnly);
  const placeholders = [...state.fetching.values()];
  const row = (position: Position, note: string) => (
    <li key={position.id}>
      <a
        href={linkTo(position.id)}
        aria-current={place.at === 'position' && place.id === position.id ? 'page' : undefined}
      >
        <span className="name">{titleOf(position)}</span>
        <span className="facts">{legsInShort(position.legs)}</span>
        <span className="facts">{note}</span>
      </a>
    </li>
  );
  const readers = ({ shared_with: ids = [] }: Position): string =>
    ids.length === 0 ? 'only you' : `shared with ${listed(ids.map((id) => nameIn(state, id)))}`;

  const nothing = (sentence: string): string => (long && text !== '' ? 'Nothing found.' : sentence);

  return (
    <nav aria-label="Positions" className="positions">
      {long && <FindPosition text={text} onChange={setText} />}
      <section aria-labelledby="own">
        <div className="heading">
          <h2 id="own">My ideas</h2>
          <a
            className="button"
            href={linkToNew}
            aria-label="New position"
            aria-current={place.at === 'new' ? 'page' : undefined}
          >
            New
          </a>
        </div>
        {own.length > 0 ? (
          <ul>{own.map((position) => row(position, readers(position)))}</ul>
        ) : (
          <p className="nothing">{state.loaded ? nothing('You have no positions yet.') : 'Reading…'}</p>
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
          <p className="nothing">
            {state.loaded ? nothing('Nobody shares a position with you now.') : 'Reading…'}
          </p>
        )}
      </section>
    </nav>
  );
}
