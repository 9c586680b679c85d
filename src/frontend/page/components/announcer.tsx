import type { PageState } from '../model/state.ts';

/** Says what happens to a screen reader, without moving its reader anywhere. */
export function Announcer({ said }: { readonly said: PageState['said'] }) {
  return (
    <div role="status" aria-live="polite" className="unseen">
      <span key={said.n}>{said.text}</span>
    </div>
  );
}
