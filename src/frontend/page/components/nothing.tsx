import { useEffect, useRef } from 'react';
import type { PageState } from '../model/state.ts';
import { linkToNew } from './use-place.ts';

export interface NothingProps {
  readonly state: PageState;
  /** The address names a position, which is not there. */
  readonly chosen: boolean;
  readonly onRetry: () => void;
}

/** What stands in the middle where no position does. */
export function Nothing({ state: { loaded, trouble, positions }, chosen, onRetry }: NothingProps) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // A position that goes away takes the focus of its reader with it.
    if (chosen && loaded && document.activeElement === document.body) place.current?.focus();
  }, [chosen, loaded]);

  if (!loaded && trouble !== undefined) {
    return (
      <div className="placard">
        <p>
          <strong>Your positions could not be read.</strong> {trouble}
        </p>
        <button type="button" onClick={onRetry}>
          Try again
        </button>
      </div>
    );
  }
  return (
    <div ref={place} tabIndex={-1} className={chosen || !loaded ? 'placard' : 'placard idle'}>
      <p className="nothing">{sentence(loaded, chosen, positions.size > 0)}</p>
      {loaded && !chosen && positions.size === 0 && (
        <a className="button main" href={linkToNew}>
          Write a position
        </a>
      )}
    </div>
  );
}

function sentence(loaded: boolean, chosen: boolean, some: boolean): string {
  if (!loaded) return 'Reading your positions…';
  if (chosen) return 'This position is not here, or not any more.';
  if (some) return 'Choose a position to see its legs, its notes and its thread.';
  return 'Write your first position, then share it with a friend and talk about it here.';
}
