import { z } from 'zod';
import { deliveredEvent } from '../protocol/events.ts';
import { comment, position } from '../protocol/positions.ts';
import type { Duration } from './data-types.ts';
import { durationOf, ownWords, withoutUndefined } from './in-the-language.ts';
import type { TestUser } from './user-types.ts';

export interface UserParts<Name extends string> {
  readonly name: Name;
  /** Asked at each use: a backend may move at a restart. */
  readonly url: () => string;
  readonly pageUrl: () => string | undefined;
  readonly token: () => Promise<string>;
  /** Plays one step of this user: a word, or a verb with its options. */
  readonly play: (said: unknown) => Promise<unknown>;
}

const sent = { event_ids: z.array(z.string()) };
const sentPosition = position.extend(sent);
const sentComment = comment.extend(sent);
const answer = z.object({
  status: z.int(),
  headers: z.record(z.string(), z.unknown()),
  body: z.unknown(),
});

type Options = object & { readonly within?: Duration; readonly for?: Duration };

/** One user of a test: each of their methods is one step of the scenario language. */
export function testUser<Name extends string>(parts: UserParts<Name>): TestUser<Name> {
  const { name, url, pageUrl, token, play } = parts;
  const say = (verb: string, object: unknown, { within, for: forTime, ...options }: Options = {}) =>
    play({
      [verb]: object,
      ...withoutUndefined(
        Object.fromEntries(Object.entries(options).map(([key, one]) => [key, ownWords(one)])),
      ),
      ...withoutUndefined({ within: durationOf(within), for: durationOf(forTime) }),
    });
  return {
    name,
    get url() {
      return url();
    },
    get pageUrl() {
      return pageUrl();
    },
    token,

    share: async (shared, options) => sentPosition.parse(await say('share', shared, options)),
    comment: async (text, options) => sentComment.parse(await say('comment', ownWords(text), options)),
    update: async (changed, options) => sentPosition.parse(await say('update', changed, options)),
    revoke: async (taken, options) => sentPosition.parse(await say('revoke', taken, options)),
    async befriend(friend, options) {
      await say('befriend', friend, options);
    },
    async unfriend(friend, options) {
      await say('unfriend', friend, options);
    },
    http: async (request, options) => answer.parse(await say('http', ownWords(request), options)),

    receives: async (type, options) => deliveredEvent.parse(await say('receives', type, options)),
    sees: (type, options) => say('sees', type, options),
    async never(type, options) {
      await say('never', type, options);
    },
    has: async (held, options) => position.parse(await say('has', held, options)),
    async lacks(missing, options) {
      await say('lacks', missing, options);
    },
    async presence(status, options) {
      await say('presence', status, options);
    },

    async disconnect() {
      await play('disconnect');
    },
    async connect() {
      await play('connect');
    },
  };
}
