import type { UserId } from '../../protocol/ids.ts';
import type { Acknowledgement } from '../../protocol/receipts.ts';
import type { Tell } from '../../protocol/records.ts';
import { passOn } from '../acknowledge.ts';
import type { NodeFrame, UserFrame } from '../bus/frames.ts';
import type { Post } from '../bus/post.ts';
import type { AcceptedEvent } from '../encode-event.ts';
import { tie } from '../friendship.ts';
import type { Limits } from '../limits.ts';
import type { Member } from '../member.ts';
import { type RelayMeter, routedPath } from '../meter.ts';
import { wakeOf } from '../presence-frames.ts';
import type { ReceiptsOutbox } from '../receipts-outbox.ts';
import type { Roster } from '../roster.ts';
import { routingVerdict } from '../routing.ts';
import type { AwaitedAnswers } from './awaited-answers.ts';
import { type Introductions, meeting } from './introductions.ts';
import { listsOf, type Remotes, regardOf } from './remote.ts';

export interface ForwardingOptions {
  readonly post: Post;
  readonly roster: Roster;
  readonly remotes: Remotes;
  readonly introductions: Introductions;
  readonly awaited: AwaitedAnswers;
  readonly limits: Limits;
  readonly receipts: ReceiptsOutbox;
  readonly meter: RelayMeter;
  readonly tell: Tell | undefined;
  /** An event of this sender waits because the member does not read. */
  readonly onSlow: (member: Member, sender: UserId) => void;
}

type EventFrame = Extract<UserFrame, { k: 'event' }>;
type AckFrame = Extract<UserFrame, { k: 'ack' }>;

/** Events to users who are not here, and what is said of them on the way back. The recipient's node judges and writes. */
export class Forwarding {
  readonly #options: ForwardingOptions;

  constructor(options: ForwardingOptions) {
    this.#options = options;
  }

  /** One event to one recipient whom the sender lists. `now` is the time of its accept by performance.now(). */
  event(sender: Member, { id, event }: AcceptedEvent, to: UserId, json: string, now: number): void {
    const { post, roster, remotes, introductions, awaited, meter, tell } = this.#options;
    const remote = remotes.get(sender.user, to);
    // Whoever is not known yet hears who sends before hearing what: both travel on one channel.
    if (!remote) introductions.introduce(sender, to, meeting);
    const q = awaited.ask(sender, id, to, remote !== undefined, now);
    const { type, data, cause } = event;
    const about = { id, type, position: data.position_id, ...(cause !== undefined && { cause }) };
    const frame: EventFrame = { k: 'event', q, from: sender.user, as: regardOf(sender, to), ...about, json };
    post.toUser(to, frame, (listeners) => {
      if (listeners !== 0) return;
      awaited.not(q);
      if (remote) introductions.miss(sender.user, remote);
      const verdict = !post.isUp ? 'bus_down' : remote || roster.wasHere(to) ? 'offline' : 'unknown';
      meter.unavailable.add(verdict);
      tell?.({ ...stepOf(frame), step: 'looked_up', to, verdict });
    });
  }

  hearEvent(to: UserId, frame: EventFrame, node: string): void {
    const { post, roster, limits, meter, tell, onSlow } = this.#options;
    const { q, from, as, type, json } = frame;
    // Who has moved on is answered for by the other node.
    if (roster.absent(to)?.isElsewhere) return;
    const connected = roster.get(to);
    let verdict = routingVerdict({ user: from, lists: listsOf(as, to) }, type, {
      user: to,
      connected,
      known: true,
      slow: connected !== undefined && connected.connection.buffered > limits.settings.buffer_soft_bytes,
    });
    let retry = 0;
    if (verdict === 'deliver') {
      retry = limits.pairsOf(from).take(to, 1, performance.now());
      if (retry > 0) verdict = 'limited';
    }
    if (tell) {
      const backend_url = connected?.profile.backendUrl;
      const url = backend_url === undefined ? {} : { backend_url };
      const wait = retry > 0 ? { retry_after_ms: retry } : {};
      tell({ ...stepOf(frame), step: 'looked_up', to, verdict, ...url, ...wait });
    }
    if (verdict === 'deliver' && connected) {
      connected.send('collab_event', json);
      meter.routed.add(routedPath.bus[type]);
      tell?.({ ...stepOf(frame), step: 'routed', to });
      post.toNode(node, { k: 'routed', q, final: !connected.acks });
    } else if (verdict === 'limited') {
      meter.limited.add('pair');
      post.toNode(node, { k: 'limited', q, retry });
    } else {
      meter.unavailable.add(verdict);
      post.toNode(node, { k: 'not', q });
      if (verdict === 'slow' && connected) onSlow(connected, from);
    }
  }

  hearAnswer(frame: Extract<NodeFrame, { k: 'routed' | 'not' | 'limited' }>): void {
    const { awaited } = this.#options;
    switch (frame.k) {
      case 'routed':
        awaited.routed(frame.q, frame.final);
        break;
      case 'not':
        awaited.not(frame.q);
        break;
      case 'limited':
        awaited.limited(frame.q, frame.retry);
        break;
      default:
        frame satisfies never;
    }
  }

  /** A recipient here says this of events of somebody who is not. */
  acknowledge(recipient: Member, ack: Acknowledgement): void {
    const as = regardOf(recipient, ack.from);
    if (as !== 'none') this.#options.post.toUser(ack.from, { k: 'ack', from: recipient.user, as, ack });
  }

  hearAck(to: UserId, { from, as, ack }: AckFrame): void {
    const sender = this.#options.roster.get(to);
    if (sender) passOn(sender, { user: from, lists: listsOf(as, to) }, ack, this.#options.receipts);
  }

  /** The outbox of somebody who is not here may go on towards a member. */
  wake(sender: UserId, { user }: Member): void {
    this.#options.post.toUser(sender, { k: 'wake', user });
  }

  hearWake(to: UserId, user: UserId): void {
    const { roster, remotes } = this.#options;
    const member = roster.get(to);
    const remote = remotes.get(to, user);
    if (member && remote && tie(member, remote) !== 'none') member.send('wake', wakeOf(remote));
  }
}

/** What every step in the journal says about its event. */
const stepOf = ({ id, type, from, position, cause }: EventFrame) =>
  ({
    type: 'step',
    event: id,
    kind: type,
    from,
    position,
    ...(cause !== undefined && { cause }),
  }) as const;
