import type { UserId } from '../../src/protocol/ids.ts';
import { users, type World } from './world.ts';

/** Nothing is under way, and nothing is left to be done by itself. */
export function isQuiet(world: World): boolean {
  return users.every((user) => {
    const backend = world.backend(user);
    if (!backend?.isConnected || !backend.isQuiet) return false;
    return backend.disk.outbox.all().every(({ settled, recipient, type }) => {
      return settled || !mayPass(world, user, recipient, type === 'share_revoked');
    });
  });
}

/** What both databases say that may go from one to the other. */
function mayPass(world: World, from: UserId, to: UserId, isRevoke: boolean): boolean {
  const [here, there] = [friendship(world, from, to), friendship(world, to, from)];
  if (isRevoke) return here !== 'stranger' && there !== 'stranger';
  return here === 'friend' && there === 'friend';
}

const friendship = (world: World, of: UserId, to: UserId) => world.disk(of).store.friends.stateOf(to);

/** Everything that is not as it has to be once nothing goes wrong any more; empty where all is well. */
export function findings(world: World): string[] {
  const found = [...world.ledger.findings];
  for (const owner of users) {
    for (const reader of users) if (reader !== owner) found.push(...betweenTwo(world, owner, reader));
    found.push(...twice(world, owner));
  }
  found.push(...lostComments(world));
  return found;
}

/** A reader has what the owner shares with it, as the owner has it, and nothing else of the owner's. */
function betweenTwo(world: World, owner: UserId, reader: UserId): string[] {
  const [from, at] = [world.disk(owner).store, world.disk(reader).store];
  const isMutual = mayPass(world, owner, reader, false);
  // A database that was put back may hold what was taken back since, of somebody who is no friend any more: there is
  // nobody to ask then.
  if (!isMutual && at.friends.stateOf(owner) === 'friend') {
    if (world.ledger.putBack.has(owner) || world.ledger.putBack.has(reader)) return [];
  }
  const shared = new Set(isMutual ? from.shares.ofReader(reader).map(({ position_id }) => position_id) : []);
  const copies = at.positions.ofOwner(owner);
  const found: string[] = [];
  for (const copy of copies) {
    if (!shared.delete(copy.id)) {
      found.push(`zombie: ${reader} has ${copy.id} (${copy.kind}), which is not shared with ${reader}`);
      continue;
    }
    const own = from.positions.find(copy.id);
    if (copy.kind !== 'copy' || own?.kind !== 'own') {
      found.push(`lost: ${reader} is still waiting for ${copy.id}`);
      continue;
    }
    const there = shown(own.version, own.content, from.comments.thread(own.id));
    const here = shown(copy.version, copy.content, at.comments.thread(copy.id));
    if (here !== there) found.push(`stale: ${reader} has ${copy.id} as ${here}, ${owner} has ${there}`);
  }
  for (const id of shared) found.push(`lost: ${reader} does not have ${id}`);
  return found;
}

const shown = (
  version: number,
  { notes, quantity }: { readonly notes: string; readonly quantity: number },
  thread: readonly { readonly id: string }[],
): string =>
  `version ${version} "${notes}" ${quantity} [${thread
    .map(({ id }) => id)
    .sort()
    .join(' ')}]`;

/** What an event shows its user, it shows once. */
function twice(world: World, user: UserId): string[] {
  const seen = new Set<string>();
  const found: string[] = [];
  for (const { kind, event_id, comment_id, from_user } of world.disk(user).store.notifications.newest(1000)) {
    if (event_id === undefined || kind === 'fetch_failed') continue;
    // A comment that its owner's database lost went away everywhere, and comes anew if its author brings it again.
    const isComment = kind === 'comment_added' && world.ledger.putBack.size === 0;
    for (const what of [
      `${kind} ${event_id} ${from_user}`,
      ...(isComment ? [`comment ${comment_id}`] : []),
    ]) {
      if (seen.has(what)) found.push(`duplicate: ${user} was told twice of ${what}`);
      seen.add(what);
    }
  }
  return found;
}

/** A comment is in the owner's thread, or its author knows that it is not. */
function lostComments(world: World): string[] {
  const { written, putBack, parted } = world.ledger;
  // A database that went back took comments along; what is left of them is between the two databases.
  if (putBack.size > 0) return [];
  return written.flatMap(({ author, owner, position, comment }) => {
    if (world.disk(owner).store.comments.find(position, comment)) return [];
    const { store, outbox } = world.disk(author);
    const told = store.notifications
      .newest(1000)
      .some(({ kind, comment_id }) => comment_id === comment && (kind === 'refused' || kind === 'expired'));
    const waits = outbox.all().some(({ settled, recipient, data }) => {
      const { comment: carried } = data;
      const id = typeof carried === 'object' && carried !== null && 'id' in carried ? carried.id : undefined;
      return !settled && recipient === owner && id === comment;
    });
    if (told || (waits && !mayPass(world, author, owner, false)) || parted.has(`${author} of ${owner}`))
      return [];
    return [`lost: ${author}'s comment ${comment} is not with ${owner}, and ${author} was not told`];
  });
}
