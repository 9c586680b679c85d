import { v7 as uuid } from 'uuid';
import type { CollabClient } from '../client/collab-client.ts';
import { OutboxFull } from '../client/outbox-table.ts';
import { inTransaction, isPassingFailure } from '../client/transaction.ts';
import { Refused } from '../http/refused.ts';
import { messageOf } from '../problem.ts';
import { type Cause, cause } from '../protocol/ids.ts';
import type { Author } from '../protocol/positions.ts';
import type { Tell } from '../protocol/records.ts';
import type { ActContext, Done } from './acts/act.ts';
import type { Pages } from './pages.ts';
import { savedSteps } from './saved-event.ts';
import type { Store } from './store/store.ts';

export interface PerformOptions {
  readonly me: Author;
  readonly store: Store;
  readonly publicUrl: string;
  readonly client: Pick<CollabClient, 'enqueue' | 'purge' | 'committed' | 'friendsChanged'>;
  readonly pages: Pick<Pages, 'push'>;
  readonly tell: Tell;
}

/** Where an act came from: `request` is method and path, `named` the page's own `x-cause`. */
export interface Origin {
  readonly request: string;
  readonly named: unknown;
}

/** Runs an act as one transaction, then tells and shows what it did. */
export type Perform = <Answer>(origin: Origin, act: (context: ActContext) => Done<Answer>) => Answer;

export function performer({ me, store, publicUrl, client, pages, tell }: PerformOptions): Perform {
  return ({ request, named }, act) => {
    const context: ActContext = {
      me,
      store,
      publicUrl,
      now: new Date().toISOString(),
      cause: causeFrom(named),
      request,
      enqueue: (event) => client.enqueue(event),
      purge: (rows) => client.purge(rows),
    };
    const done = allOrNothing(() => inTransaction(store.db, () => act(context)));
    for (const saved of done.saved) for (const step of savedSteps(me.id, saved)) tell(step);
    if (done.friendsChanged) client.friendsChanged();
    if (done.saved.length > 0) client.committed();
    pages.push(done.frames);
    return done.answer;
  };
}

function allOrNothing<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof OutboxFull) throw new Refused('outbox_full', { detail: error.message });
    if (isPassingFailure(error)) {
      const detail = `The database cannot be written now: ${messageOf(error)}`;
      throw new Refused('unavailable', { detail, retryAfterMs: 1000 });
    }
    throw error;
  }
}

function causeFrom(named: unknown): Cause {
  const parsed = cause.safeParse(named);
  return parsed.success ? parsed.data : cause.parse(uuid());
}
