import { isPaused } from '../back-again.ts';
import { failed, passed } from '../step-end.ts';
import { defineWord } from '../verb.ts';

export const resume = defineWord({
  name: 'resume',
  summary: 'SIGCONT: what is paused goes on.',
  ofRelay: true,
  async run(who, { stack, waker }) {
    if (!isPaused(who, stack)) return failed('not-paused', `${who} is not paused.`);
    await stack.resume(who);
    waker.wake();
    return passed();
  },
});
