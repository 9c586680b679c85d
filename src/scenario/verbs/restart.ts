import { backAgain, isPaused, isUp } from '../back-again.ts';
import { failed } from '../step-end.ts';
import { defineWord } from '../verb.ts';

export const restart = defineWord({
  name: 'restart',
  summary: 'Stops it as a deployment does, and starts it with its old data.',
  ofRelay: true,
  async run(who, context) {
    if (!isUp(who, context.stack) && !isPaused(who, context.stack)) {
      return failed('not-running', `${who} is not running: what is down is brought back by start.`);
    }
    await context.stack.restart(who);
    return backAgain(who, context);
  },
});
