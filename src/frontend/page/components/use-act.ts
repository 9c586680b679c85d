import { useState } from 'react';
import type { Outcome } from '../page-store.ts';

/** An act that is under way, or was refused with words. */
export interface ActState {
  readonly busy: boolean;
  readonly refusal: string | undefined;
  /** Does it; resolves with whether it was done. */
  readonly run: (act: () => Outcome) => Promise<boolean>;
}

export function useAct(): ActState {
  const [state, setState] = useState<{ readonly busy: boolean; readonly refusal: string | undefined }>({
    busy: false,
    refusal: undefined,
  });
  return {
    ...state,
    async run(act) {
      setState({ busy: true, refusal: undefined });
      const refusal = await act();
      setState({ busy: false, refusal });
      return refusal === undefined;
    },
  };
}
