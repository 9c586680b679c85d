import { z } from 'zod';
import { Problem } from '../../problem.ts';
import type { UserId } from '../../protocol/ids.ts';
import type { PageFrame } from '../../protocol/page-socket.ts';
import { actWithinMs } from '../act.ts';
import { inWordsOf, type RouteReply } from '../route-client.ts';
import type { StepContext } from '../step-context.ts';
import { failed, passed } from '../step-end.ts';
import { defineVerb } from '../verb.ts';

export const opens = defineVerb({
  name: 'opens',
  kind: 'act',
  summary:
    'Opens the page anew, as a reload does: it reads positions and notifications, and follows from there.',
  schemas: ({ duration, name }) => ({
    object: z.literal('page', { error: 'must be "page": that is all there is to open' }),
    options: z.strictObject({
      within: duration.optional(),
      as: name.optional().meta({ description: 'Names what the page has read, for $refs.' }),
    }),
  }),
  async run({ who, options }, context) {
    const { within = actWithinMs } = options;
    const read: { frames: readonly PageFrame[] } = { frames: [] };
    try {
      await context.actor(who).page.reopen(
        async () => {
          read.frames = await load(context, who, within);
          return read.frames;
        },
        within,
        context.signal,
      );
    } catch (thrown) {
      if (!(thrown instanceof Problem)) throw thrown;
      return failed(thrown.code, `${who} could not open the page: ${thrown.message}`);
    }
    return passed({
      positions: read.frames.flatMap((frame) => (frame.type === 'position' ? [frame.position] : [])),
      notifications: read.frames.flatMap((frame) =>
        frame.type === 'notification' ? [frame.notification] : [],
      ),
    });
  },
});

/** What a page shows first, in the shape in which it would have come over the socket; the oldest notification first. */
async function load(context: StepContext, who: UserId, timeoutMs: number): Promise<PageFrame[]> {
  const { api } = context.actor(who);
  const [positions, notifications] = await Promise.all([
    api('listPositions', { timeoutMs }),
    api('listNotifications', { timeoutMs }),
  ]);
  return [
    ...answerOf(who, positions).map((position) => ({ type: 'position' as const, position })),
    ...answerOf(who, notifications)
      .toReversed()
      .map((notification) => ({ type: 'notification' as const, notification })),
  ];
}

function answerOf<Answer>(who: UserId, reply: RouteReply<Answer>): Answer {
  if (reply.is === 'done') return reply.answer;
  throw new Problem({
    code: 'page-not-read',
    message: `${who}'s backend ${reply.is === 'refused' ? `refused to say what it shows (${inWordsOf(reply)})` : `did not say what it shows (${reply.why})`}.`,
  });
}
