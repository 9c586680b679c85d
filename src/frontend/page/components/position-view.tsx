import { useEffect, useRef } from 'react';
import type { Position } from '../../../protocol/positions.ts';
import { timeInWords, titleOf } from '../model/format.ts';
import { nameIn } from '../model/names.ts';
import type { PageState } from '../model/state.ts';
import type { PageStore } from '../page-store.ts';
import { LegsTable } from './legs-table.tsx';
import { Notes } from './notes.tsx';
import { Payoff } from './payoff.tsx';
import { Sharing } from './sharing.tsx';
import { Thread } from './thread.tsx';
import { linkToEdit } from './use-place.ts';

export interface PositionViewProps {
  readonly state: PageState;
  readonly store: PageStore;
  readonly position: Position;
}

/** One position: what it is, who may see it, and what its readers say about it. */
export function PositionView({ state, store, position }: PositionViewProps) {
  const { id, legs, quantity, tags, read_only: readOnly, owner_id: owner } = position;
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    store.openThread(id);
    // Whoever chose it by key goes on reading here.
    heading.current?.focus();
  }, [store, id]);

  return (
    <article aria-labelledby="position-title">
      <header className="position-header">
        <div className="heading">
          <h2 id="position-title" ref={heading} tabIndex={-1}>
            {titleOf(position)}
          </h2>
          {!readOnly && (
            <a className="button" href={linkToEdit(id)} aria-label="Change this position">
              Change
            </a>
          )}
        </div>
        <p className="facts">
          {readOnly ? `From ${nameIn(state, owner)}, read-only. ` : ''}
          Quantity {quantity}. Version {position.version}, changed{' '}
          {timeInWords(position.updated_at, new Date())}.
        </p>
        {tags.length > 0 && (
          <ul className="tags" aria-label="Tags">
            {tags.map((tag) => (
              <li key={tag}>{tag}</li>
            ))}
          </ul>
        )}
      </header>
      <div className="legs">
        <LegsTable legs={legs} />
        <Payoff legs={legs} />
      </div>
      <Notes position={position} onSave={(notes) => store.change(id, { notes })} />
      {readOnly ? (
        <section aria-labelledby="seen-by">
          <h3 id="seen-by">Who can see it</h3>
          <p>
            {nameIn(state, owner)}, you, and whoever else {nameIn(state, owner)} shares it with. All of them
            read the same thread.
          </p>
        </section>
      ) : (
        <Sharing state={state} store={store} position={position} />
      )}
      <Thread state={state} store={store} position={position} />
    </article>
  );
}
