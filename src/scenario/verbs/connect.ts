import { isAtRelay } from '../at-relay.ts';
import { inWords } from '../duration.ts';
import { failed, passed } from '../step-end.ts';
import { defineWord } from '../verb.ts';

const backWithinMs = 10_000;

export const connect = defineWord({
  name: 'connect',
  summary: 'Heals what disconnect has cut, and waits until the backend is back.',
  ofRelay: false,
  async run(who, context) {
    const fault = context.disconnected.get(who);
    if (fault === undefined) return failed('not-disconnected', `${who} was not disconnected before.`);
    context.disconnected.delete(who);
    await context.heal({ id: fault });
    const back = await context.waker.until(
      backWithinMs,
      context.signal,
      async () => (await isAtRelay(who, context)) || undefined,
    );
    return back
      ? passed()
      : failed('not-back', `${who}'s backend was not back within ${inWords(backWithinMs)}.`);
  },
});
