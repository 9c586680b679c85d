import { isAtRelay } from '../at-relay.ts';
import { failed, passed } from '../step-end.ts';
import { defineWord } from '../verb.ts';

const noticedWithinMs = 2000;

export const disconnect = defineWord({
  name: 'disconnect',
  summary: "Cuts the link between the user's backend and the relay, until connect.",
  ofRelay: false,
  async run(who, context) {
    if (context.disconnected.has(who))
      return failed('already-disconnected', `${who} is disconnected already.`);
    const fault = await context.stack.cut({ from: who, to: 'relay', both: true });
    context.disconnected.set(who, fault.id);
    // A courtesy to the next step, not a check: whoever is slow to notice is no failure.
    await context.waker.until(noticedWithinMs, context.signal, async () => {
      const relay = (await context.stack.census()).by.get('relay');
      const isHeld = relay?.links.some(({ user }) => user === who);
      return isHeld || (await isAtRelay(who, context)) ? undefined : 'noticed';
    });
    return passed(fault);
  },
});
