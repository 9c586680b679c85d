import { backAgain } from '../back-again.ts';
import { defineWord } from '../verb.ts';

export const restart = defineWord({
  name: 'restart',
  summary: 'Stops it as a deployment does, and starts it with its old data.',
  ofRelay: true,
  async run(who, context) {
    await context.stack.restart(who);
    return backAgain(who, context);
  },
});
