import { Problem } from '../problem.ts';
import { type CloseWord, closeRules } from '../protocol/close-codes.ts';

const hints: Partial<Record<CloseWord, string>> = {
  bad_token: 'Get a token that this relay trusts; its audience must be collab-relay.',
  forbidden: 'The subject of the token must be the user of this backend.',
  replaced: 'Stop the other backend of this user: the relay keeps the newest connection.',
  protocol: 'Use versions of backend and relay that belong together.',
};

/** The relay said a word after which nobody comes back. */
export function refusedByRelay(user: string, url: string, word: CloseWord): Problem {
  return new Problem({
    code: `collab-${word.replaceAll('_', '-')}`,
    message: `The relay at ${url} refused ${user} for good: ${closeRules[word].meaning}.`,
    hint: hints[word],
  });
}

export const closedBeforeReady = (user: string, url: string) =>
  new Problem({
    code: 'collab-closed',
    message: `The connection of ${user} to ${url} was closed before the relay had greeted it.`,
  });

export const notConnected = (user: string, url: string) =>
  new Problem({
    code: 'collab-not-connected',
    message: `${user} is not connected to the relay at ${url}: the event was not sent.`,
    hint: 'Wait until the backend is ready, or heal the link.',
  });

export const noReply = (user: string, url: string, ms: number) =>
  new Problem({
    code: 'collab-no-reply',
    message: `The relay at ${url} did not answer ${user} within ${ms} ms: whether it took the event is unknown.`,
  });
