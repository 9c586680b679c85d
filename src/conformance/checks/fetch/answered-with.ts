import { setTimeout as wait } from 'node:timers/promises';
import type { Bench } from '../../bench/bench.ts';
import type { BookEntry } from '../../bench/peer-book.ts';
import type { PeerReply } from '../../bench/peer-face.ts';
import { Blocked, given } from '../../check.ts';
import { heldCopy, ideas } from '../expect.ts';

/** Whoever asks again at all does so within this time mostly, in milliseconds. */
export const lookMs = 1200;
/** What is taken, or followed, is so at once: this much behind what was asked for after it, in milliseconds. */
const behindMs = 200;

export const isAbout = (path: string, id: string): boolean => path === `${ideas}/${id}`;

/**
 * Shares a position whose fetch is answered so, until it is disposed of, and waits for the first time. From then on it
 * is not shared any more, as far as alice is concerned.
 */
export async function answeredWith(
  { user, alice, withinMs }: Bench,
  entry: BookEntry,
  reply: () => PeerReply,
): Promise<Disposable & { readonly requests: number }> {
  const { id } = entry.position;
  using stack = new DisposableStack();
  stack.use(alice.face.stand(({ path }) => (isAbout(path, id) ? reply() : undefined)));
  const from = alice.face.requests.all.length;
  await given('receiving a share', alice.tell(alice.shared(entry), 'delivered'));
  const asked = await alice.face.requests.next(({ path }) => isAbout(path, id), withinMs, from);
  entry.readers.delete(user);
  if (!asked) throw new Blocked(`${alice.name} was not asked for what it shares`);
  const requests = alice.face.requests.all.length;
  const owned = stack.move();
  return { requests, [Symbol.dispose]: () => owned.dispose() };
}

/** Nothing of it shows, also after something that was asked for later is there. */
export async function mustNotAppear(bench: Bench, id: string): Promise<void> {
  await heldCopy(bench, bench.alice);
  await wait(behindMs);
  (await bench.owner.read(id)).expect(404);
}
