import { backAgain, isPaused, isWhollyUp } from '../back-again.ts';
import { failed } from '../step-end.ts';
import { defineWord } from '../verb.ts';

export const start = defineWord({
  name: 'start',
  summary: 'Starts what is down, with its old data.',
  ofRelay: true,
  async run(who, context) {
    if (isPaused(who, context.stack)) {
      return failed('paused', `${who} is paused: it goes on with resume.`);
    }
    if (isWhollyUp(who, context.stack)) return failed('running', `${who} is running already.`);
    await context.stack.start(who);
    return backAgain(who, context);
  },
});
