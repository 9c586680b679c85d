import { messageOf } from '../../problem.ts';
import type { Filter } from '../feed/filter.ts';
import type { Intents, Outcome } from '../intents.ts';
import type { ActWish } from './dialog.ts';
import type { Act } from './keys.ts';
import type { Message } from './update.ts';

/** What a key wishes for beyond the view. */
export type Wish =
  | ActWish
  | { readonly type: 'quit' | 'interrupt' | 'suspend' | 'next-step' }
  | { readonly type: 'positions'; readonly act: Act; readonly user: string }
  | { readonly type: 'kill' | 'restart'; readonly name: string }
  | { readonly type: 'cut' | 'heal'; readonly user: string }
  | { readonly type: 'filter'; readonly filter: Filter | undefined };

/** What the view can do for itself. */
export interface OwnMeans {
  readonly filter: (filter: Filter | undefined) => void;
  /** Gives the terminal away, calls, and takes it again. */
  readonly away: (call: () => Promise<void>) => Promise<void>;
}

/** Has a wish granted, and answers what came of it. */
export async function grant(wish: Wish, intents: Intents, own: OwnMeans): Promise<Message | undefined> {
  try {
    return await asked(wish, intents, own);
  } catch (thrown) {
    return ofOutcome({ ok: false, text: messageOf(thrown) });
  }
}

const ofOutcome = (outcome: Outcome): Message => ({ type: 'outcome', outcome });

async function asked(wish: Wish, intents: Intents, own: OwnMeans): Promise<Message | undefined> {
  switch (wish.type) {
    case 'quit':
      intents.quit();
      return undefined;
    case 'interrupt':
      intents.interrupt();
      return undefined;
    case 'suspend':
      await own.away(() => intents.suspend());
      return undefined;
    case 'next-step':
      intents.nextStep();
      return undefined;
    case 'filter':
      own.filter(wish.filter);
      return undefined;
    case 'positions': {
      const { act, user } = wish;
      return { type: 'positions', act, user, positions: await intents.positionsOf(user) };
    }
    case 'share':
      return ofOutcome(await intents.share(wish.user, wish.position, wish.others));
    case 'comment':
      return ofOutcome(await intents.comment(wish.user, wish.position, wish.text));
    case 'update':
      return ofOutcome(await intents.update(wish.user, wish.position, wish.notes));
    case 'revoke':
      return ofOutcome(await intents.revoke(wish.user, wish.position, wish.other));
    case 'kill':
      return ofOutcome(await intents.kill(wish.name));
    case 'restart':
      return ofOutcome(await intents.restart(wish.name));
    case 'cut':
      return ofOutcome(await intents.cut(wish.user));
    case 'heal':
      return ofOutcome(await intents.heal(wish.user));
    default:
      return wish satisfies never;
  }
}
