import type { CommentId, PositionId, ShareId } from '../protocol/ids.ts';

/** A comment in the thread of a copy. `mine`: written by this user, and on its way to the owner or acknowledged. */
export interface HeldComment {
  readonly id: CommentId;
  readonly mine: 'waiting' | 'sent' | undefined;
}

/** One position of a friend as it is held here. */
export interface Holding {
  readonly position: PositionId;
  /** Undefined where the friend's backend names no grants. */
  readonly share: ShareId | undefined;
  /** Undefined for a place whose content is still being fetched; then nothing else is known of it. */
  readonly version: number | undefined;
  readonly digest: string | undefined;
  /** The version that a fetch under way has to bring; undefined without one. */
  readonly wanted: number | undefined;
  readonly comments: readonly HeldComment[];
}

/** Everything that is held of one friend, and the grants of that friend that are known to have ended. */
export interface Holdings {
  readonly positions: readonly Holding[];
  readonly ended: ReadonlySet<ShareId>;
}

/** One position that the friend says to share with this user. */
export interface Offer {
  readonly position: PositionId;
  readonly share: ShareId | undefined;
  readonly version: number;
  readonly digest: string | undefined;
  readonly comments: readonly CommentId[];
}

export type ResyncAction =
  /** Brings the owner's state, whether it is newer or older; makes a place for it where there is none. */
  | { readonly do: 'fetch'; readonly offer: Offer }
  | { readonly do: 'remove'; readonly position: PositionId }
  /** Comments of others, which the owner does not have (any more). */
  | { readonly do: 'forget'; readonly position: PositionId; readonly comments: readonly CommentId[] }
  /** Own comments that the owner had acknowledged and does not have. */
  | { readonly do: 'send-again'; readonly position: PositionId; readonly comments: readonly CommentId[] };

export interface ResyncFacts {
  /** What was held when the friend was asked, and what is held now that the answer is here. */
  readonly before: Holdings;
  readonly now: Holdings;
  readonly offers: readonly Offer[];
  /** Positions that anything happened to in between, even if they look the same again. */
  readonly moved: ReadonlySet<PositionId>;
}

export interface ResyncPlan {
  readonly actions: readonly ResyncAction[];
  /** Something moved while the answer was under way: nothing is decided about it, and it has to be asked for again. */
  readonly again: boolean;
}

/**
 * Compares what is held of a friend's positions with what the friend says to share: the owner's state wins, also where
 * the owner's database has gone back in time. The friend answered at some moment between `before` and `now`, so only
 * what was the same at both can be judged: anything else may be newer than the answer. A fetch is always safe, because
 * it asks the owner once more.
 */
export function planResync({ before, now, offers, moved }: ResyncFacts): ResyncPlan {
  const held = new Map(now.positions.map((holding) => [holding.position, holding]));
  const heldBefore = new Map(before.positions.map((holding) => [holding.position, holding]));
  const offered = new Map(offers.map((offer) => [offer.position, offer]));
  const actions: ResyncAction[] = [];
  let again = false;
  for (const position of new Set([...heldBefore.keys(), ...held.keys(), ...offered.keys()])) {
    const holding = held.get(position);
    const offer = offered.get(position);
    const endedSince =
      offer?.share !== undefined && now.ended.has(offer.share) && !before.ended.has(offer.share);
    if (moved.has(position) || endedSince || !sameHolding(heldBefore.get(position), holding)) again = true;
    else if (!offer) actions.push({ do: 'remove', position });
    else if (!holding) actions.push({ do: 'fetch', offer });
    else actions.push(...compared(holding, offer));
  }
  return { actions, again };
}

function compared(holding: Holding, offer: Offer): ResyncAction[] {
  const { position, comments } = holding;
  const theirs = new Set(offer.comments);
  const lacking = comments.filter(({ id }) => !theirs.has(id));
  const forgotten = lacking.filter(({ mine }) => mine === undefined).map(({ id }) => id);
  const lost = lacking.filter(({ mine }) => mine === 'sent').map(({ id }) => id);
  return [
    ...(differs(holding, offer) ? [{ do: 'fetch', offer } as const] : []),
    ...(forgotten.length > 0 ? [{ do: 'forget', position, comments: forgotten } as const] : []),
    ...(lost.length > 0 ? [{ do: 'send-again', position, comments: lost } as const] : []),
  ];
}

/** Is there anything at the owner's place that only a fetch can bring? */
function differs(holding: Holding, offer: Offer): boolean {
  const { share, version, digest, wanted, comments } = holding;
  if (share !== undefined && offer.share !== undefined && share !== offer.share) return true;
  // A fetch that waits for a version which the owner does not have (any more) would ask in vain for a while.
  if (wanted !== undefined && wanted > offer.version) return true;
  if (version === undefined) return wanted === undefined;
  if (version !== offer.version) return true;
  if (digest !== undefined && offer.digest !== undefined && digest !== offer.digest) return true;
  const ours = new Set(comments.map(({ id }) => id));
  return offer.comments.some((id) => !ours.has(id));
}

function sameHolding(one: Holding | undefined, other: Holding | undefined): boolean {
  if (!one || !other) return one === other;
  return (
    one.share === other.share &&
    one.version === other.version &&
    one.digest === other.digest &&
    one.wanted === other.wanted &&
    one.comments.length === other.comments.length &&
    one.comments.every(
      ({ id, mine }, index) => id === other.comments[index]?.id && mine === other.comments[index]?.mine,
    )
  );
}
