import type { UserId } from '../../protocol/ids.ts';
import type { UserFrame } from '../bus/frames.ts';
import type { Post } from '../bus/post.ts';
import type { Member } from '../member.ts';
import type { Roster } from '../roster.ts';
import { isNewer } from './remote.ts';

export interface SeatsOptions {
  readonly post: Post;
  readonly roster: Roster;
  /** Ends the connection of a member who has a newer one elsewhere. */
  readonly onReplaced: (member: Member) => void;
  /** The user is on another node now. */
  readonly onMoved: (user: UserId) => void;
}

type Claim = Extract<UserFrame, { k: 'claim' }>;

/**
 * One connection a user over all nodes. Each node listens to the channel of its user before it claims the seat there, so
 * of two nodes at least one hears the other; whoever has the newer connection, by the clock of the bus, keeps it.
 */
export class Seats {
  readonly #options: SeatsOptions;

  constructor(options: SeatsOptions) {
    this.#options = options;
  }

  /** To be called when the node listens to the member's channel and has looked at the clock since the member came. */
  claim(member: Member): void {
    const { post } = this.#options;
    member.stamp ??= post.now() - (performance.now() - member.openedAt);
    const { user, connId: conn, stamp, instance, attempt } = member;
    post.toUser(user, {
      k: 'claim',
      user,
      conn,
      stamp,
      attempt,
      ...(instance !== undefined && { instance }),
    });
  }

  hear(claim: Claim, node: string): void {
    const { post, roster } = this.#options;
    if (node === post.node) return;
    const present = roster.present(claim.user);
    if (!present) return;
    const member = roster.get(claim.user);
    if (!member) {
      this.#moved(claim.user);
      return;
    }
    // One without a stamp is about to claim for itself, and the other node will judge.
    if (member.stamp === undefined) return;
    if (isLate(claim, member) || isNewer({ stamp: member.stamp, conn: member.connId }, claim)) {
      post.toNode(node, { k: 'replaced', user: claim.user, conn: claim.conn });
    } else this.#replace(member);
  }

  /** This node's claim came too late. */
  replaced(user: UserId, conn: string): void {
    const member = this.#options.roster.get(user);
    if (member?.connId === conn) this.#replace(member);
  }

  #replace(member: Member): void {
    this.#options.onReplaced(member);
    this.#moved(member.user);
  }

  #moved(user: UserId): void {
    const absent = this.#options.roster.absent(user);
    if (absent) absent.isElsewhere = true;
    this.#options.onMoved(user);
  }
}

/** An older connection of the same running copy, overtaken on its way by a newer one. */
const isLate = (claim: Claim, member: Member): boolean =>
  claim.instance !== undefined && claim.instance === member.instance && claim.attempt < member.attempt;
