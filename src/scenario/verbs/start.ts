import { backAgain } from '../back-again.ts';
import { defineWord } from '../verb.ts';

export const start = defineWord({
  name: 'start',
  summary: 'Starts what is down, with its old data.',
  ofRelay: true,
  async run(who, context) {
    await context.stack.start(who);
    return backAgain(who, context);
  },
});
