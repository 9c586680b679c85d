import { act, actOptions } from '../act.ts';
import { together } from '../step-end.ts';
import { defineVerb } from '../verb.ts';

export const befriend = defineVerb({
  name: 'befriend',
  kind: 'act',
  summary: 'Declares somebody a friend; nothing is routed before both sides have.',
  schemas: (leaves) => ({ object: leaves.whom, options: actOptions(leaves) }),
  async run({ who, object, options }, context) {
    const ends = object.map((friend) =>
      act({
        context,
        who,
        options,
        deed: { do: 'befriend', friend },
        what: `befriend ${friend}`,
        call: ({ cause, timeoutMs }) =>
          context.actor(who).api('befriend', { body: { user_id: friend }, cause, timeoutMs }),
        value: (answer) => answer,
      }),
    );
    return together(await Promise.all(ends));
  },
});
