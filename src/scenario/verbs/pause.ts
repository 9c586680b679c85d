import { isUp } from '../back-again.ts';
import { failed, passed } from '../step-end.ts';
import { defineWord } from '../verb.ts';

export const pause = defineWord({
  name: 'pause',
  summary: 'SIGSTOP: it does nothing, and its connections stay open, until resume.',
  ofRelay: true,
  async run(who, { stack }) {
    if (!isUp(who, stack)) return failed('not-running', `${who} is not running, so it cannot be paused.`);
    await stack.pause(who);
    return passed();
  },
});
