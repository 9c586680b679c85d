import type { UserId } from '../../protocol/ids.ts';
import type { Act, Deed } from '../acts.ts';
import { type Evidence, friendship, grants, sees } from './evidence.ts';
import type { Ledger } from './ledger.ts';
import { isUndone } from './undone.ts';

/** What an act without an answer turns out to have been, by its actor's database. */
export interface Resolution {
  readonly act: Act;
  readonly was: 'carried out' | 'not carried out' | 'not to be told';
}

/** Looks an act without an answer up: by the name that it travelled under, else by what it would have left. */
export function resolve(act: Act, ledger: Ledger, evidence: Evidence): Resolution['was'] {
  const { deed, cause } = act;
  if (cause !== undefined && ledger.outbox.some((row) => row.cause === cause)) return 'carried out';
  const twins = evidence.acts.some(
    (one) => one !== act && one.user === act.user && one.outcome.is !== 'refused' && isSame(one.deed, deed),
  );
  const byState = (there: boolean): Resolution['was'] => {
    if (!there) return 'not carried out';
    return twins ? 'not to be told' : 'carried out';
  };
  switch (deed.do) {
    case 'share':
      // Every new grant has a row, which names its cause; who had one before gets none.
      if (deed.with.every((reader) => grants(ledger, deed.position, reader))) return byState(true);
      return sees(ledger, 'causes') || !deed.with.some((reader) => grants(ledger, deed.position, reader))
        ? undoneOr('not carried out', act, deed.with, evidence)
        : 'not to be told';
    case 'revoke':
      return undoneOr(byState(!grants(ledger, deed.position, deed.from)), act, [deed.from], evidence);
    case 'befriend':
      return undoneOr(byState(friendship(ledger, deed.friend) === 'friend'), act, [deed.friend], evidence);
    case 'unfriend':
      return undoneOr(byState(friendship(ledger, deed.friend) !== 'friend'), act, [deed.friend], evidence);
    case 'comment':
      return byState(
        ledger.comments.some(
          ({ position, author, text }) =>
            position === deed.position && author === act.user && text === deed.text,
        ),
      );
    case 'update': {
      const held = ledger.positions.find(({ id }) => id === deed.position);
      if (held?.state !== 'own') return 'not carried out';
      const known = evidence.acts.filter(
        ({ user, deed: one, outcome }) =>
          user === act.user && one.do === 'update' && one.position === deed.position && outcome.is === 'done',
      ).length;
      if (held.version === 1 + known) return 'not carried out';
      const unknown = evidence.acts.filter(
        ({ user, deed: one, outcome }) =>
          user === act.user &&
          one.do === 'update' &&
          one.position === deed.position &&
          outcome.is === 'unknown',
      ).length;
      return held.version === 1 + known + unknown ? 'carried out' : 'not to be told';
    }
    case 'emit':
    case 'request':
      return 'not to be told';
    default:
      return deed satisfies never;
  }
}

/** Where another act may have changed the same since, what is there now says nothing. */
function undoneOr(
  was: Resolution['was'],
  act: Act,
  others: readonly UserId[],
  evidence: Evidence,
): Resolution['was'] {
  return others.some((other) => isUndone(act, other, evidence)) ? 'not to be told' : was;
}

const isSame = (one: Deed, other: Deed): boolean => JSON.stringify(one) === JSON.stringify(other);
