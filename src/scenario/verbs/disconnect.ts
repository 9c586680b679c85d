import { farEnd, isAtRelay } from '../at-relay.ts';
import { goneFromRelay } from '../gone-from-relay.ts';
import { failed, passed } from '../step-end.ts';
import { defineWord } from '../verb.ts';

export const disconnect = defineWord({
  name: 'disconnect',
  summary: "Cuts the link between the user's backend and the relay (without one: everyone), until connect.",
  ofRelay: false,
  async run(who, context) {
    if (context.disconnected.has(who))
      return failed('already-disconnected', `${who} is disconnected already.`);
    const fault = await context.stack.cut({ from: who, to: farEnd(context.stack), both: true });
    context.disconnected.set(who, fault.id);
    await goneFromRelay(who, context, async () => !(await isAtRelay(who, context)));
    return passed(fault);
  },
});
