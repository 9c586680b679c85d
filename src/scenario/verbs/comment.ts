import { act, sendingOptions } from '../act.ts';
import { defineVerb } from '../verb.ts';

export const comment = defineVerb({
  name: 'comment',
  kind: 'act',
  summary: 'Comments on a position; every reader of it gets the comment through its owner.',
  schemas: (leaves) => ({
    object: leaves.text,
    options: sendingOptions(leaves).extend({ on: leaves.position }),
  }),
  run({ who, object, options }, context) {
    const id = context.names.idOf(options.on);
    const text = context.names.text(object);
    return act({
      context,
      who,
      options,
      deed: { do: 'comment', position: id, text },
      what: `comment on ${options.on}`,
      call: ({ cause, timeoutMs }) =>
        context.actor(who).api('addComment', { params: { id }, body: { text }, cause, timeoutMs }),
      value: ({ comment, event_ids }) => ({ ...comment, event_ids }),
      events: ({ event_ids }) => event_ids,
      promises: ({ comment }) => ({ comment: comment.id }),
    });
  },
});
