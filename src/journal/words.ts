import type { EventType } from '../protocol/events.ts';
import type { LimitScope } from '../protocol/receipts.ts';
import type { RoutingVerdict } from '../protocol/records.ts';

/**
 * What a person reads for the code words of a run: the only table of them. Plain lines and the feed have little room
 * and take the short form; `explain` and an event's details take the long one.
 */

/** The four events by the act that makes them. */
export const kindWords: Readonly<Record<EventType, string>> = {
  position_shared: 'share',
  comment_added: 'comment',
  position_updated: 'update',
  share_revoked: 'revoke',
};

interface Words {
  readonly short: string;
  readonly long: string;
}

/** What the relay found about one candidate. */
export const routingWords: Readonly<Record<RoutingVerdict, Words>> = {
  deliver: { short: 'found', long: 'a friend, and connected' },
  unknown: { short: 'unknown', long: 'nobody has connected under this name' },
  offline: { short: 'offline', long: 'a friend, but not connected now' },
  not_friends: { short: 'not friends', long: 'not friends, each must name the other' },
  leaving: { short: 'unfriended', long: 'a friend no more, so only revokes pass' },
  slow: { short: 'too slow', long: 'connected, but does not read fast enough' },
  limited: { short: 'limited', long: 'a limit was hit' },
  bus_down: { short: 'bus down', long: 'not on this node of the relay, and the others could not be reached' },
};

/** Why a relay, a recipient or a fetch said no. A team's own backends have codes of their own, which are shown as they are. */
const codes: Readonly<Record<string, string>> = {
  not_friend: 'the recipient does not count the sender as a friend',
  no_access: 'the sender has no access to that position, or no longer',
  not_author: 'the comment names somebody else as its author',
  not_owner: 'the sender does not own that position',
  id_taken: 'the id belongs to something else',
  bad_origin: 'the share URL is not at the address which that friend registered',
  bad_updates: 'with these changes it would be no position any more',
  handler_error: "applying it failed in the recipient's backend",
  unreadable: 'it does not read as an event',
  spoofed: 'it names a sender other than who sent it',
  no_recipients: 'it names nobody but its sender',
  bad_event: 'it does not read as an event',
  unsendable: 'its outbox row does not read as an event',
  too_big: 'it is too big',
  bad_address: 'that address may not be dialled',
  redirected: 'the answer was a redirect, which is never followed',
  not_json: 'the answer is not JSON',
  bad_answer: 'the answer is no position',
  busy: 'the recipient could not write just then',
  gap: 'an earlier event of the stream was missing',
  epoch: 'the stream had to be numbered anew',
  age: 'it waited for too long',
  purged: 'a revoke or an unfriending came after it',
};

/** A code in words, or as it is. */
export const codeWords = (code: string): string =>
  codes[code] ?? (code.startsWith('http_') ? `the answer was ${code.slice(5)}` : plainCode(code));

/** A code in as little room as possible. */
export const shortWords = (code: string): string =>
  Object.entries(routingWords).find(([verdict]) => verdict === code)?.[1].short ?? plainCode(code);

const plainCode = (code: string): string => code.replaceAll('_', ' ');

export const scopeWords: Readonly<Record<LimitScope, string>> = {
  connection: "of the sender's connection",
  pair: 'of this sender to this recipient',
  address: "of the sender's network address",
};
