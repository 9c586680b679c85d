import { useState } from 'react';
import { positionId } from '../../../protocol/ids.ts';
import { emptyFields } from '../model/draft.ts';
import type { PageStore } from '../page-store.ts';
import { PositionForm } from './position-form.tsx';
import { linkTo, linkToNothing } from './use-place.ts';

/** Where a new position is written. */
export function NewPosition({ store }: { readonly store: PageStore }) {
  // The same for every try, so that a second one makes no second position.
  const [id] = useState(() => positionId.parse(crypto.randomUUID()));
  return (
    <PositionForm
      title="New position"
      initial={emptyFields}
      action="Write position"
      hint="Only you see it, until you share it."
      back={linkToNothing}
      onward={linkTo(id)}
      onWrite={(draft) => store.create({ ...draft, id })}
    />
  );
}
