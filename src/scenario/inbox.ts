import type { backendRoutes, InboxRecord } from '../protocol/backend-rest.ts';
import { type Observed, observedRecord } from './observed.ts';
import type { RouteClient } from './route-client.ts';
import type { Stream } from './stream.ts';

const pageSize = 1000;

/** What reached one user's backend since it was opened, read from the backend's own record of its commits. */
export class Inbox implements Stream {
  readonly witness = 'backend';
  readonly claimed = new Set<number>();
  readonly #api: RouteClient<typeof backendRoutes>;
  readonly #observed: Observed[] = [];
  #last: number;

  private constructor(api: RouteClient<typeof backendRoutes>, last: number) {
    this.#api = api;
    this.#last = last;
  }

  /**
   * Begins with what comes next: a stack that has been used before has older records. Undefined: the backend has no such
   * record to show.
   */
  static async open(api: RouteClient<typeof backendRoutes>): Promise<Inbox | undefined> {
    const reply = await api('readInbox', { query: { after: 0, limit: 1 } });
    if (reply.is === 'refused' && isMissing(reply.status)) return undefined;
    return new Inbox(api, reply.is === 'done' ? reply.answer.last : 0);
  }

  get observed(): readonly Observed[] {
    return this.#observed;
  }

  get last(): number {
    return this.#last;
  }

  /** Reads what is new. False: the backend did not answer, and nobody knows what it holds. */
  async refresh(): Promise<boolean> {
    for (;;) {
      const reply = await this.#api('readInbox', { query: { after: this.#last, limit: pageSize } });
      if (reply.is !== 'done') return false;
      const before = this.#last;
      this.#add(reply.answer.records);
      // One that shows the same page for ever has shown all that it will.
      if (reply.answer.records.length < pageSize || this.#last === before) return true;
    }
  }

  /** Two expectations may read at once: what the other has brought already is left out. */
  #add(records: readonly InboxRecord[]): void {
    for (const record of records) {
      if (record.n <= this.#last) continue;
      this.#last = record.n;
      this.#observed.push(observedRecord(record));
    }
  }
}

/** Not found, not allowed or not implemented: the route is not there. */
const isMissing = (status: number): boolean => status === 404 || status === 405 || status === 501;
