import type { UserId } from '../protocol/ids.ts';
import type { Member } from './member.ts';
import type { Nodes } from './nodes/nodes.ts';
import { wakeOf } from './presence-frames.ts';
import type { Roster } from './roster.ts';

const lookEveryMs = 100;

/**
 * Members that did not read fast enough, with the senders that were told `unavailable` for it. When one has caught up,
 * its senders are woken; without it they would wait for their sweep.
 */
export class SlowConsumers implements Disposable {
  readonly #roster: Roster;
  readonly #caughtUpAt: number;
  readonly #awaited = new Map<Member, Set<UserId>>();
  #timer: NodeJS.Timeout | undefined;

  readonly #nodes: Nodes | undefined;

  constructor(roster: Roster, softLimit: number, nodes?: Nodes) {
    this.#nodes = nodes;
    this.#roster = roster;
    this.#caughtUpAt = softLimit / 2;
  }

  /** Members whose senders are still to be woken. */
  get size(): number {
    return this.#awaited.size;
  }

  await(member: Member, sender: UserId): void {
    const senders = this.#awaited.get(member) ?? new Set();
    this.#awaited.set(member, senders.add(sender));
    this.#timer ??= setInterval(() => this.#look(), lookEveryMs).unref();
  }

  #look(): void {
    for (const [member, senders] of this.#awaited) {
      const gone = this.#roster.get(member.user) !== member;
      if (!gone && member.connection.buffered > this.#caughtUpAt) continue;
      this.#awaited.delete(member);
      if (gone) continue;
      const wake = wakeOf(member);
      for (const sender of senders) {
        const here = this.#roster.get(sender);
        if (here) here.send('wake', wake);
        else this.#nodes?.wake(sender, member);
      }
    }
    if (this.#awaited.size === 0) this[Symbol.dispose]();
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
