import { z } from 'zod';
import { positionChange } from '../../protocol/positions.ts';
import { act, sendingOptions } from '../act.ts';
import { failed } from '../step-end.ts';
import { defineVerb } from '../verb.ts';

const changeable = ['symbol', 'strategy', 'quantity', 'legs', 'notes', 'tags'] as const;

export const update = defineVerb({
  name: 'update',
  kind: 'act',
  summary: 'Changes a position; its readers get the change.',
  schemas: (leaves) => ({
    object: leaves.position,
    options: sendingOptions(leaves).extend({
      set: z
        .partialRecord(z.enum(changeable), z.unknown())
        .meta({ description: `What is new: any of ${changeable.join(', ')}.` }),
    }),
  }),
  async run({ who, object, options }, context) {
    const id = context.names.idOf(object);
    const change = positionChange.safeParse(context.names.resolve(options.set));
    if (!change.success) {
      return failed('no-change', `${object} cannot be set to that: ${z.prettifyError(change.error)}`);
    }
    return act({
      context,
      who,
      options,
      deed: { do: 'update', position: id, set: change.data },
      what: `update ${object}`,
      call: ({ cause, timeoutMs }) =>
        context.actor(who).api('updatePosition', { params: { id }, body: change.data, cause, timeoutMs }),
      value: ({ position, event_ids }) => ({ ...position, event_ids }),
      events: ({ event_ids }) => event_ids,
      promises: ({ position }) => ({ version: position.version }),
    });
  },
});
