import { z } from 'zod';
import { onlineStatus } from '../../protocol/presence.ts';
import { inWords } from '../duration.ts';
import { expectWithinMs } from '../expect-observed.ts';
import { failed, inconclusive, passed } from '../step-end.ts';
import { defineVerb } from '../verb.ts';

export const presence = defineVerb({
  name: 'presence',
  kind: 'expectation',
  summary: 'The user sees a friend as online or offline.',
  schemas: ({ user, duration }) => ({
    object: onlineStatus,
    options: z.strictObject({
      of: user,
      within: duration.optional(),
      must: z.literal(true).optional(),
    }),
  }),
  async run({ who, object, options }, context) {
    const withinMs = options.within ?? expectWithinMs;
    let saw: string | undefined;
    const found = await context.waker.until(withinMs, context.signal, async () => {
      const reply = await context.actor(who).api('listFriends');
      if (reply.is !== 'done') {
        saw = undefined;
        return undefined;
      }
      const friend = reply.answer.find(({ user_id }) => user_id === options.of);
      saw = friend ? `${options.of} is ${friend.status}.` : `${options.of} is no friend of ${who}.`;
      return friend?.status === object ? true : undefined;
    });
    if (found) return passed();
    if (saw === undefined)
      return inconclusive('not-readable', `${who}'s backend did not answer who is there.`);
    return failed(
      'other-presence',
      `${who} has not seen ${options.of} as ${object} within ${inWords(withinMs)}.`,
      [saw],
    );
  },
});
