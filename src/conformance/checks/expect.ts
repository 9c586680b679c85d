import { type Comment, comment, type Position } from '../../protocol/positions.ts';
import type { Answer } from '../bench/ask.ts';
import type { Bench } from '../bench/bench.ts';
import type { Peer } from '../bench/peer.ts';
import type { BookEntry } from '../bench/peer-book.ts';
import { Broken, given } from '../check.ts';

export const ideas = '/api/v1/positions/ideas';

/** @throws Broken unless it holds */
export function expectThat(holds: boolean, sent: string, came: unknown, expected: string): asserts holds {
  if (holds) return;
  const words = typeof came === 'string' ? came : JSON.stringify(came);
  throw new Broken({ sent, came: words ?? 'nothing', expected });
}

/** The body of an answer by its keys, whatever it is. */
export function fieldsOf(answer: Answer): Record<string, unknown> {
  const { json } = answer;
  return typeof json === 'object' && json !== null ? { ...json } : {};
}

/** A position of the tested user's own, which a check builds on. */
export function ownPosition({ owner, id }: Bench, content: Record<string, unknown> = {}): Promise<Position> {
  return given('creating a position', owner.create(id('own'), content));
}

/** The same, with readers who have been told of it. */
export async function sharedPosition(
  bench: Bench,
  readers: readonly Peer[],
  content: Record<string, unknown> = {},
): Promise<Position> {
  const position = await ownPosition(bench, content);
  await given('sharing a position', async () => {
    await bench.owner.share(position.id, ...readers.map(({ name }) => name));
    for (const reader of readers) {
      await reader.receives(
        'position_shared',
        `${bench.user} shares ${position.id} with ${reader.name}`,
        ({ type, data }) => type === 'position_shared' && data.position_id === position.id,
      );
    }
  });
  return position;
}

/** A copy that the tested backend holds of a peer's position, fetched and all. */
export async function heldCopy(
  bench: Bench,
  peer: Peer,
  content: Record<string, unknown> = {},
): Promise<BookEntry> {
  const entry = peer.grant(bench.id('shared'), content);
  await given('receiving a shared position', async () => {
    await peer.tell(peer.shared(entry), 'delivered');
    await bench.owner.untilRead(entry.position.id, 'the copy', ({ status }) => status === 200);
  });
  return entry;
}

/** A comment by somebody, as it travels. */
export const aComment = (id: string, author: string, text = 'Great setup!'): Comment =>
  comment.parse({
    id,
    text,
    user: { id: author, display_name: author },
    created_at: new Date().toISOString(),
  });
