import { userId } from '../../protocol/ids.ts';
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
    // A courtesy to the next step, not a check: a backend that is slow to notice is no failure.
    const { page } = context.actor(userId.parse(who));
    await context.waker.until(noticedWithinMs, context.signal, async () =>
      page.relay === true ? undefined : 'noticed',
    );
    return passed(fault);
  },
});
