import { useState } from 'react';
import type { Position } from '../../../protocol/positions.ts';
import { changeTo, fieldsOf } from '../model/draft.ts';
import { titleOf } from '../model/format.ts';
import type { PageStore } from '../page-store.ts';
import { PositionForm } from './position-form.tsx';
import { linkTo } from './use-place.ts';

export interface EditPositionProps {
  readonly store: PageStore;
  readonly position: Position;
}

/** Where an own position is changed. */
export function EditPosition({ store, position }: EditPositionProps) {
  // As it was when the writing began: what comes from elsewhere meanwhile is not taken back.
  const [before] = useState(position);
  const [initial] = useState(() => fieldsOf(before));
  const readers = position.shared_with ?? [];
  return (
    <PositionForm
      title={`Change ${titleOf(before)}`}
      initial={initial}
      action="Save changes"
      hint={readers.length === 0 ? 'Only you see it.' : 'Everybody who can see it is told.'}
      back={linkTo(before.id)}
      onward={linkTo(before.id)}
      onWrite={async (draft) => {
        const change = changeTo(before, draft);
        return change && store.change(before.id, change);
      }}
    />
  );
}
