import type { UserId } from '../../protocol/ids.ts';
import type { NodeFrame, UserFrame } from '../bus/frames.ts';
import type { Forwarding } from './forwarding.ts';
import type { Introductions } from './introductions.ts';
import type { Questions } from './questions.ts';
import type { Seats } from './seats.ts';
import type { WhoIsHere } from './who-is-here.ts';

/** Who deals with what other nodes say. */
export interface Desks {
  readonly seats: Seats;
  readonly introductions: Introductions;
  readonly forwarding: Forwarding;
  readonly questions: Questions;
  readonly who: WhoIsHere;
}

/** One frame on the channel of a user. `isOwn`: this node said it itself. */
export function hearUserFrame(
  desks: Desks,
  to: UserId,
  frame: UserFrame,
  { node, isOwn }: { readonly node: string; readonly isOwn: boolean },
): void {
  const { seats, introductions, forwarding, questions, who } = desks;
  switch (frame.k) {
    case 'claim':
      if (!isOwn) seats.hear(frame, node);
      break;
    case 'hello':
      // A user in its grace is listened to here, and may be spoken to from here.
      if (!isOwn) introductions.hear(to, frame);
      break;
    case 'offline':
      introductions.offline(to, frame.user, frame.conn);
      break;
    case 'away':
      introductions.away(to, frame.user, frame.conn);
      break;
    case 'wake':
      forwarding.hearWake(to, frame.user);
      break;
    case 'event':
      forwarding.hearEvent(to, frame, node);
      break;
    case 'ack':
      forwarding.hearAck(to, frame);
      break;
    case 'fetch':
      questions.hearQuestion(to, frame, node);
      break;
    case 'fetched':
      questions.hearAnswer(to, frame);
      break;
    case 'who':
      who.answer(to, frame.q, node);
      break;
    default:
      frame satisfies never;
  }
}

/** One answer to this node. */
export function hearNodeFrame(
  { seats, forwarding, questions, who }: Desks,
  frame: Exclude<NodeFrame, { k: 'echo' }>,
): void {
  switch (frame.k) {
    case 'routed':
    case 'not':
    case 'limited':
      forwarding.hearAnswer(frame);
      break;
    case 'asked':
      questions.hearAsked(frame.q);
      break;
    case 'replaced':
      seats.replaced(frame.user, frame.conn);
      break;
    case 'here':
      who.hear(frame);
      break;
    default:
      frame satisfies never;
  }
}
