import { z } from 'zod';
import { failed, passed } from '../step-end.ts';
import { defineControl } from '../verb.ts';

export const heal = defineControl({
  name: 'heal',
  summary: 'Ends the faults of a name (of a cut, a user or the relay), or of everyone.',
  schema: ({ name }) => z.union([z.literal('everyone'), name]),
  async run(name, context) {
    const id = context.faultNames.get(name);
    const which = name === 'everyone' ? name : id === undefined ? { name } : { id };
    const ended = await context.heal(which);
    for (const [user, fault] of [...context.disconnected]) {
      if (ended.some((one) => one.id === fault)) context.disconnected.delete(user);
    }
    return ended.length > 0
      ? passed(ended)
      : failed('nothing-to-heal', `There is no fault in force that heal: ${name} could end.`);
  },
});
