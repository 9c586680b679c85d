import { act, sendingOptions } from '../act.ts';
import { together } from '../step-end.ts';
import { defineVerb } from '../verb.ts';

export const revoke = defineVerb({
  name: 'revoke',
  kind: 'act',
  summary: 'Takes a share back; the copy goes away.',
  schemas: (leaves) => ({
    object: leaves.position,
    options: sendingOptions(leaves).extend({ from: leaves.whom }),
  }),
  async run({ who, object, options }, context) {
    const id = context.names.idOf(object);
    const { receipts = {}, ...rest } = options;
    const ends = options.from.map((friend) =>
      act({
        context,
        who,
        options: {
          ...rest,
          receipts: Object.fromEntries(Object.entries(receipts).filter(([user]) => user === friend)),
        },
        deed: { do: 'revoke', position: id, from: friend },
        what: `revoke ${object} from ${friend}`,
        call: ({ cause, timeoutMs }) =>
          context.actor(who).api('revokeShare', { params: { id, friend_id: friend }, cause, timeoutMs }),
        value: ({ position, event_ids }) => ({ ...position, event_ids }),
        events: ({ event_ids }) => event_ids,
      }),
    );
    return together(await Promise.all(ends));
  },
});
