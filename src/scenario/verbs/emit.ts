import { z } from 'zod';
import { messageOf } from '../../problem.ts';
import { eventTypes } from '../../protocol/events.ts';
import { type SubmitReply, submitReply } from '../../protocol/receipts.ts';
import type { ActOutcome } from '../acts.ts';
import { isForeign } from '../foreign.ts';
import { listed } from '../nearest.ts';
import { failed, inconclusive, passed } from '../step-end.ts';
import { defineVerb } from '../verb.ts';

export const emit = defineVerb({
  name: 'emit',
  kind: 'act',
  summary: "Sends a raw event over the backend's own connection, past its outbox and its checks.",
  schemas: ({ whom, user, map, name, text }) => ({
    object: z.enum(eventTypes),
    options: z.strictObject({
      to: whom,
      data: map,
      from_user: user.optional(),
      id: text.optional(),
      as: name.optional(),
      outcome: z
        .strictObject({ status: submitReply.shape.status.optional(), code: z.string().optional() })
        .refine(({ status, code }) => status !== undefined || code !== undefined, 'needs a status or a code')
        .optional()
        .meta({
          description: "The relay's reply that is expected; without it anything but accepted is a failure.",
        }),
    }),
  }),
  async run({ who, object, options }, context) {
    if (isForeign(context.stack, who)) return skipped(who);
    const { to, data, from_user, id, outcome } = options;
    const ended = context.acts.begin({
      user: who,
      what: `emit ${object} to ${listed(to)}`,
      deed: { do: 'emit', type: object, to },
      cause: undefined,
      range: context.range,
      wantsMore: true,
    });
    const reply = await emitRecorded(ended, () =>
      context.stack.emit(who, {
        type: object,
        to_users: to,
        data: context.names.resolve(data),
        ...(from_user === undefined ? {} : { from_user }),
        ...(id === undefined ? {} : { id: context.names.text(id) }),
      }),
    );
    const wanted = { status: outcome?.status ?? (outcome ? reply.status : 'accepted'), code: outcome?.code };
    const said = [reply.status, reply.code].filter(Boolean).join(' ');
    if (wanted.status !== reply.status || (wanted.code !== undefined && wanted.code !== reply.code)) {
      const expected = [outcome ? outcome.status : 'accepted', wanted.code].filter(Boolean).join(' ');
      return failed(
        'other-outcome',
        `The relay was to answer "${expected}" to ${who}'s ${object} to ${listed(to)}, and said "${said}".`,
        reply.message === undefined ? [] : [reply.message],
      );
    }
    return passed(reply);
  },
});

const skipped = (who: string) =>
  inconclusive(
    'foreign-emit',
    `This step was skipped: a raw event goes over a connection of our own client, and ${who}'s backend is a command of yours.`,
  );

/** Sends, and writes down what came of it, also where no reply came. */
async function emitRecorded(
  ended: (outcome: ActOutcome) => void,
  send: () => Promise<SubmitReply>,
): Promise<SubmitReply> {
  try {
    const reply = await send();
    const events = reply.id === undefined ? [] : [reply.id];
    ended(reply.status === 'accepted' ? { is: 'done', events } : { is: 'refused', code: reply.code });
    return reply;
  } catch (thrown) {
    ended({ is: 'unknown', why: messageOf(thrown) });
    throw thrown;
  }
}
