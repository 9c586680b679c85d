import { act, sendingOptions } from '../act.ts';
import { listed } from '../nearest.ts';
import { defineVerb } from '../verb.ts';

export const share = defineVerb({
  name: 'share',
  kind: 'act',
  summary: 'Shares a position with friends, who get a read-only copy.',
  schemas: (leaves) => ({
    object: leaves.position,
    options: sendingOptions(leaves).extend({ with: leaves.whom }),
  }),
  run({ who, object, options }, context) {
    const id = context.names.idOf(object);
    return act({
      context,
      who,
      options,
      deed: { do: 'share', position: id, with: options.with },
      what: `share ${object} with ${listed(options.with)}`,
      call: ({ cause, timeoutMs }) =>
        context
          .actor(who)
          .api('sharePosition', { params: { id }, body: { friend_ids: options.with }, cause, timeoutMs }),
      value: ({ position, event_ids }) => ({ ...position, event_ids }),
      events: ({ event_ids }) => event_ids,
    });
  },
});
