import { isPaused, isUp } from '../back-again.ts';
import { goneFromRelay } from '../gone-from-relay.ts';
import { failed, passed } from '../step-end.ts';
import { defineWord } from '../verb.ts';

export const kill = defineWord({
  name: 'kill',
  summary: 'SIGKILL; it stays down until start.',
  ofRelay: true,
  async run(who, context) {
    const { stack, users } = context;
    if (!isUp(who, stack) && !isPaused(who, stack))
      return failed('not-running', `${who} is not running, so it cannot be killed.`);
    await stack.kill(who);
    if (users.some((user) => user === who)) await goneFromRelay(who, context);
    return passed();
  },
});
