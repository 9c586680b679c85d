import { Problem } from '../../problem.ts';

export const diedAtStart = (how: string, lines: readonly string[]) =>
  new Problem({
    code: 'backend-died',
    message: `The backend ended (${how}) before it was ready.${itSaid(lines)}`,
    hint: 'Start it by hand with the same environment, or look at its log.',
  });

export const notConnected = (
  user: string,
  url: string,
  ms: number,
  isOnline: boolean,
  lines: readonly string[],
) =>
  new Problem({
    code: 'backend-not-reached',
    message: [
      isOnline
        ? `${user}'s backend is connected to the relay, but ${url} answers nothing`
        : `${user}'s backend did not connect to the relay`,
      ` within ${ms / 1000} s.`,
      itSaid(lines),
    ].join(''),
    hint: 'It needs the environment that is printed, and PORT has to be the port of --url; --start-within gives it more time.',
  });

export const noFriends = (user: string, friends: readonly string[]) =>
  new Problem({
    code: 'backend-not-reached',
    message: `${user}'s backend is connected, but has not declared ${friends.join(' and ')} as friends to the relay.`,
    hint: 'The names in COLLAB_FRIENDS seed an empty database; POST /api/v1/friends adds to one that is not empty.',
  });

export const stoppedEarly = (user: string) =>
  new Problem({ code: 'stopped', message: `Stopped while waiting for ${user}'s backend.` });

/** What it said last, for the end of a sentence. */
const itSaid = (lines: readonly string[]): string =>
  lines.length > 0 ? ` It said:\n${lines.map((line) => `  ${line}`).join('\n')}` : '';
