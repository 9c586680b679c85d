import type { Transactional } from '../../src/client/transaction.ts';

/** The process died: nothing of it runs any further, and what was not committed is gone. */
export class Crash extends Error {
  override readonly name = 'Crash';
}

/** Puts a database back to what it was when this was made; as often as one likes. */
export type Copy = () => void;

/**
 * Tables in memory with the transactions of SQLite: one at a time, all or nothing. It can be copied and put back, and
 * its process can be made to die just before or just after the next commit.
 */
export class MemoryDatabase implements Transactional {
  isOpen = true;
  isTransaction = false;
  /** Where the process is to die. */
  dieAt: 'commit' | 'committed' | undefined;
  readonly #tables: Undoable[] = [];
  readonly #touched: Undoable[] = [];

  table<Row>(): Table<Row> {
    const table = new Table<Row>((touched) => {
      if (this.isTransaction) this.#touched.push(touched);
      return this.isTransaction;
    });
    this.#tables.push(table);
    return table;
  }

  exec(sql: string): void {
    if (!this.isOpen) throw new Crash();
    if (sql === 'BEGIN IMMEDIATE') {
      if (this.isTransaction) throw new Error('cannot start a transaction within a transaction');
      this.isTransaction = true;
    } else if (sql === 'COMMIT') {
      this.#dieAt('commit');
      this.#end((table) => table.keep());
      this.#dieAt('committed');
    } else this.#end((table) => table.undo());
  }

  copy(): Copy {
    const parts = this.#tables.map((table) => table.copy());
    return () => {
      for (const putBack of parts) putBack();
    };
  }

  /** The next process opens what the last one left. */
  open(): void {
    if (this.isTransaction) this.#end((table) => table.undo());
    this.isOpen = true;
    this.dieAt = undefined;
  }

  #dieAt(point: 'commit' | 'committed'): void {
    if (this.dieAt !== point) return;
    this.isOpen = false;
    throw new Crash();
  }

  #end(how: (table: Undoable) => void): void {
    for (const table of this.#touched) how(table);
    this.#touched.length = 0;
    this.isTransaction = false;
  }
}

interface Undoable {
  keep(): void;
  undo(): void;
  copy(): Copy;
}

/** Rows by key, in the order of their insertion. Rows are values: they are replaced, never changed. */
export class Table<Row> implements Undoable {
  #rows = new Map<string, Row>();
  #before: Map<string, Row> | undefined;
  #last = 0;
  #lastBefore = 0;
  readonly #touch: (table: Undoable) => boolean;

  /** `touch` is told of the first change in a transaction, and answers whether there is one. */
  constructor(touch: (table: Undoable) => boolean) {
    this.#touch = touch;
  }

  get(key: string): Row | undefined {
    return this.#rows.get(key);
  }

  rows(): Row[] {
    return [...this.#rows.values()];
  }

  where(holds: (row: Row) => boolean): Row[] {
    const found: Row[] = [];
    for (const row of this.#rows.values()) if (holds(row)) found.push(row);
    return found;
  }

  /** A number that no row of this table ever had. */
  number(): number {
    this.#change();
    this.#last += 1;
    return this.#last;
  }

  put(key: string, row: Row): void {
    this.#change();
    this.#rows.set(key, row);
  }

  delete(key: string): boolean {
    this.#change();
    return this.#rows.delete(key);
  }

  deleteWhere(holds: (row: Row) => boolean): number {
    const keys: string[] = [];
    for (const [key, row] of this.#rows) if (holds(row)) keys.push(key);
    for (const key of keys) this.delete(key);
    return keys.length;
  }

  keep(): void {
    this.#before = undefined;
  }

  undo(): void {
    if (!this.#before) return;
    this.#rows = this.#before;
    this.#last = this.#lastBefore;
    this.#before = undefined;
  }

  copy(): Copy {
    const rows = new Map(this.#rows);
    const last = this.#last;
    return () => {
      this.#rows = new Map(rows);
      this.#last = last;
    };
  }

  #change(): void {
    if (this.#before || !this.#touch(this)) return;
    this.#before = new Map(this.#rows);
    this.#lastBefore = this.#last;
  }
}
