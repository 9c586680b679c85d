import type { Notification, OutboxEntry } from '../../../protocol/backend-rest.ts';
import type { EventType } from '../../../protocol/events.ts';
import type { Reply } from '../api/rest.ts';

/** How far a change got, for the person who made it. */
export function stageInWords({ stage, code }: OutboxEntry, relay: boolean | undefined): string {
  switch (stage) {
    case 'pending':
      return relay === false ? 'waits until the connection is back' : 'on its way';
    case 'accepted':
      return 'on its way';
    case 'routed':
      return 'handed over';
    case 'unavailable':
      return 'not reached yet';
    case 'limited':
      return 'slowed down, goes on shortly';
    case 'nacked':
      return 'asked to come again';
    case 'delivered':
      return 'arrived';
    case 'refused':
      return `refused${because(code)}`;
    case 'quarantined':
      return `could not be used there${because(code)}`;
    case 'expired':
      return 'given up after too long';
    default:
      return stage satisfies never;
  }
}

const reasons: Readonly<Record<string, string>> = {
  not_friend: 'you are not friends',
  no_access: 'it is not shared with you any more',
  not_owner: 'it belongs to somebody else',
  not_author: 'it was written by somebody else',
  id_taken: 'its name is taken',
  bad_origin: 'it comes from an unknown address',
};

const because = (code: string | undefined): string =>
  code === undefined ? '' : `: ${reasons[code] ?? code.replaceAll('_', ' ')}`;

/** What a change is, with the position's name behind it. */
export const changeInWords: Readonly<Record<EventType, string>> = {
  position_shared: 'Share of',
  comment_added: 'Comment on',
  position_updated: 'Change of',
  share_revoked: 'End of sharing',
};

/** Said beside each notification, so that its kind is never a colour alone. */
export const kindInWords: Readonly<Record<Notification['kind'], string>> = {
  position_shared: 'Shared',
  comment_added: 'Comment',
  position_updated: 'Changed',
  share_revoked: 'Taken back',
  refused: 'Refused',
  expired: 'Expired',
  fetch_failed: 'Not fetched',
  key_changed: 'New key',
};

/** Whether a notification asks for more attention than news do. */
export const isTrouble = ({ kind }: Pick<Notification, 'kind'>): boolean =>
  kind === 'refused' || kind === 'expired' || kind === 'fetch_failed' || kind === 'key_changed';

/** Why an act was not done, in words; undefined where it was. */
export function refusalInWords(reply: Reply<unknown>): string | undefined {
  switch (reply.is) {
    case 'answered':
      return undefined;
    case 'silent':
      return 'Your backend did not answer, so nobody knows whether this was done. Try again: it is done once at most.';
    case 'refused': {
      const { title, detail, errors, retry_after_ms: ms } = reply.details;
      const first = errors?.[0]?.message;
      const again = ms === undefined ? '' : ` Try again in ${Math.max(1, Math.ceil(ms / 1000))} s.`;
      return `${sentence(first ?? detail ?? title ?? 'Your backend refused this')}${again}`;
    }
    default:
      return reply satisfies never;
  }
}

const sentence = (text: string): string => {
  const start = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(start) ? start : `${start}.`;
};
