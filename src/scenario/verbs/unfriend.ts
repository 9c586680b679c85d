import { act, sendingOptions } from '../act.ts';
import { together } from '../step-end.ts';
import { defineVerb } from '../verb.ts';

export const unfriend = defineVerb({
  name: 'unfriend',
  kind: 'act',
  summary: 'Ends a friendship: the copies of both sides go away.',
  schemas: (leaves) => ({ object: leaves.whom, options: sendingOptions(leaves) }),
  async run({ who, object, options }, context) {
    const ends = object.map((friend) =>
      act({
        context,
        who,
        options,
        deed: { do: 'unfriend', friend },
        what: `unfriend ${friend}`,
        call: ({ cause, timeoutMs }) =>
          context.actor(who).api('unfriend', { params: { id: friend }, cause, timeoutMs }),
        value: (answer) => answer,
        events: ({ event_ids }) => event_ids,
      }),
    );
    return together(await Promise.all(ends));
  },
});
