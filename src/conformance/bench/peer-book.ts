import { v7 as uuid } from 'uuid';
import type { Comment, Position } from '../../protocol/positions.ts';
import { position } from '../../protocol/positions.ts';

/** One position of a peer's own, as its backend would serve it. */
export interface BookEntry {
  position: Position;
  shareId: string;
  readonly readers: Set<string>;
  readonly comments: Comment[];
}

/** What a peer owns: what it tells when it is asked is always the whole truth, so that comparing changes nothing. */
export class PeerBook {
  readonly owner: string;
  readonly #entries = new Map<string, BookEntry>();

  constructor(owner: string) {
    this.owner = owner;
  }

  add(id: string, content: Record<string, unknown> = {}): BookEntry {
    const now = new Date().toISOString();
    const entry: BookEntry = {
      position: position.parse({
        id,
        owner_id: this.owner,
        version: 1,
        symbol: 'SAP',
        strategy: '',
        quantity: 1,
        legs: [],
        notes: '',
        tags: [],
        created_at: now,
        updated_at: now,
        read_only: true,
        ...content,
      }),
      shareId: uuid(),
      readers: new Set(),
      comments: [],
    };
    this.#entries.set(id, entry);
    return entry;
  }

  find(id: string): BookEntry | undefined {
    return this.#entries.get(id);
  }

  sharedWith(reader: string): BookEntry[] {
    return [...this.#entries.values()].filter(({ readers }) => readers.has(reader));
  }

  /** Changes the content and counts the version on. */
  change(entry: BookEntry, content: Record<string, unknown>): void {
    const { position: before } = entry;
    const updated_at = new Date().toISOString();
    entry.position = position.parse({ ...before, ...content, version: before.version + 1, updated_at });
  }
}
